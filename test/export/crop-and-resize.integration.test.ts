import { describe, expect, test } from '@jest/globals'
import { cropAndResize } from '../../src/export/crop-and-resize.js'
import type { Preprocess } from '../../src/image/types.js'
import { createRandom } from '../../src/math/random.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { openSession } from '../../src/runtime/session.js'
import { cases, different, interpolations, noisyPicture, seenInTraining, sizes, usual } from './any-size.js'
import { webLogits } from './run-web.js'
import { floatsOf } from './tiny-export.js'

const random = createRandom('crop-and-resize')

/** A graph whose output is the cropped and resized image itself, in 0..1. */
function seeing(preprocess: Preprocess, opset: number): Uint8Array {
  const dims = ['batch', 3, preprocess.height, preprocess.width]
  const identity: LoadedModel = graphModel({
    name: 'identity',
    opset,
    inputs: [valueInfo('pixel_values', DataType.FLOAT, dims)],
    outputs: [valueInfo('logits', DataType.FLOAT, dims)],
    nodes: [node('Identity', ['pixel_values'], 'logits')],
    initializers: [],
  })
  return encodeModel(cropAndResize(identity, preprocess))
}

/** An image as input of such a graph, and the pixels it should give, 0..255. */
async function picture(width: number, height: number, preprocess: Preprocess) {
  const rgb = noisyPicture(random, width, height)
  const seen = await seenInTraining(rgb, width, height, preprocess)
  const { data } = floatsOf(seen, preprocess.width, preprocess.height)
  return { input: floatsOf(rgb, width, height), expected: levels(data as Float32Array) }
}

function levels(floats: ArrayLike<number>): number[] {
  return Array.from(floats, (value) => Math.round(value * 255))
}

describe.each(interpolations)('%s', (interpolation) => {
  test.each(cases)('a picture is pixel by pixel what training sees: %s', async (_, count, fields) => {
    const preprocess = { ...usual, ...fields, interpolation }
    const session = await openSession(seeing(preprocess, 11))
    try {
      for (const [width, height] of sizes(random, preprocess, count)) {
        const { input, expected } = await picture(width, height, preprocess)
        const { logits } = await session.run({ pixel_values: input }, ['logits'])
        expect(logits!.dims).toEqual([1, 3, preprocess.height, preprocess.width])
        expect([width, height, different(levels(logits!.data as Float32Array), expected)]).toEqual([width, height, 0])
      }
    } finally {
      await session.close()
    }
  })
})

test("a browser's runtime makes the same pixels of it", async () => {
  const made = []
  for (const interpolation of interpolations) {
    const preprocess: Preprocess = { ...usual, width: 32, height: 40, resize: 'squash', interpolation }
    for (const [width, height] of [
      [113, 150],
      [40, 31],
      [50, 100],
    ] as const) {
      const { input, expected } = await picture(width, height, preprocess)
      made.push({ model: seeing(preprocess, 17), name: 'pixel_values', input, expected })
    }
  }
  const inBrowser = webLogits(made)
  expect(made.map(({ expected }, i) => different(levels(inBrowser[i]!), expected))).toEqual(made.map(() => 0))
})

test('several pictures at once are what they are one by one', async () => {
  const pictures = [await picture(90, 70, usual), await picture(90, 70, usual)]
  const data = Float32Array.from(pictures.flatMap(({ input }) => [...(input.data as Float32Array)]))
  const session = await openSession(seeing(usual, 13))
  try {
    const { logits } = await session.run({ pixel_values: { dims: [2, 3, 70, 90], data } }, ['logits'])
    expect(levels(logits!.data as Float32Array)).toEqual(pictures.flatMap(({ expected }) => expected))
  } finally {
    await session.close()
  }
})
