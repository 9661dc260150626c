import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { cropAndResize } from '../../src/export/crop-and-resize.js'
import { loadImage } from '../../src/image/decode.js'
import type { Preprocess } from '../../src/image/types.js'
import { createRandom } from '../../src/math/random.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { openSession, type PlainTensor } from '../../src/runtime/session.js'
import { webLogits } from './run-web.js'
import { floatsOf } from './tiny-export.js'

const interpolations = ['nearest', 'bilinear', 'bicubic', 'lanczos'] as const
const random = createRandom('crop-and-resize')
const between = (low: number, high: number) => low + random.integer(high - low + 1)

/** Pixels without any structure, so that nothing is hidden. */
function noise(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, () => random.integer(256))
}

function preprocessing(fields: Partial<Preprocess>): Preprocess {
  return { width: 64, height: 64, resize: 'shorter', cropFraction: 1, interpolation: 'bicubic', ...fields }
}

/** A graph that gives the picture back that it sees, in 0..1. */
function seen(preprocess: Preprocess, opset: number): LoadedModel {
  const dims = ['batch', 3, preprocess.height, preprocess.width]
  const identity = graphModel({
    name: 'identity',
    opset,
    inputs: [valueInfo('pixel_values', DataType.FLOAT, dims)],
    outputs: [valueInfo('logits', DataType.FLOAT, dims)],
    nodes: [node('Identity', ['pixel_values'], 'logits')],
    initializers: [],
  })
  return cropAndResize(identity, preprocess)
}

/** What training sees of a picture, and the input of a graph. */
async function both(rgb: Uint8Array, width: number, height: number, preprocess: Preprocess) {
  const png = await sharp(rgb, { raw: { width, height, channels: 3 } }).png().toBuffer()
  const expected = floatsOf(await loadImage(png, preprocess), preprocess.width, preprocess.height)
  return { expected: levels(expected.data as Float32Array), input: floatsOf(rgb, width, height) }
}

function levels(floats: ArrayLike<number>): number[] {
  return Array.from(floats, (value) => Math.round(value * 255))
}

/** Sizes whose sides are 1/4 (exclusive) to 8 times those given, the same as them, or whole multiples and parts. */
function sizes(preprocess: Preprocess, count: number): [number, number][] {
  const side = (length: number) => {
    const factor = between(1, 3)
    return [length, length * factor, Math.ceil(length / factor), between(Math.ceil(length / 8), 4 * length - 1)][random.integer(4)]! // prettier-ignore
  }
  return Array.from({ length: count }, () => [side(preprocess.width), side(preprocess.height)])
}

describe.each(interpolations)('%s', (interpolation) => {
  test.each<[string, number, Partial<Preprocess>]>([
    ['the middle', 12, {}],
    ['squashed', 12, { resize: 'squash' }],
    ['a part of the middle', 12, { cropFraction: 0.875 }],
    ['an odd size', 12, { width: 75, height: 99, cropFraction: 0.9 }],
    // Positions lie in the middle between two steps there.
    ['a multiple of 64', 4, { width: 320, height: 192, resize: 'squash' }],
  ])('a picture is pixel by pixel what training sees: %s', async (_, count, fields) => {
    const preprocess = preprocessing({ ...fields, interpolation })
    const session = await openSession(encodeModel(seen(preprocess, 11)))
    try {
      for (const [width, height] of sizes(preprocess, count)) {
        const { input, expected } = await both(noise(width, height), width, height, preprocess)
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
  const cases = []
  for (const interpolation of interpolations) {
    for (const [width, height] of [[113, 150], [40, 31], [50, 100]] as const) { // prettier-ignore
      const preprocess = preprocessing({ width: 32, height: 40, interpolation, resize: 'squash' })
      const { input, expected } = await both(noise(width, height), width, height, preprocess)
      cases.push({ model: encodeModel(seen(preprocess, 17)), name: 'pixel_values', input, expected })
    }
  }
  const inBrowser = webLogits(cases)
  expect(cases.map(({ expected }, i) => different(levels(inBrowser[i]!), expected))).toEqual(cases.map(() => 0))
})

test('several pictures at once are what they are one by one', async () => {
  const preprocess = preprocessing({})
  const pictures = [noise(90, 70), noise(90, 70)].map((rgb) => floatsOf(rgb, 90, 70))
  const joined = Float32Array.from(pictures.flatMap(({ data }) => [...(data as Float32Array)]))
  const session = await openSession(encodeModel(seen(preprocess, 13)))
  const run = async (input: PlainTensor) => (await session.run({ pixel_values: input }, ['logits'])).logits!.data
  try {
    const alone = [await run(pictures[0]!), await run(pictures[1]!)]
    const together = await run({ dims: [2, 3, 70, 90], data: joined })
    expect([...together]).toEqual(alone.flatMap((one) => [...one]))
  } finally {
    await session.close()
  }
})

function different(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length)
  return a.filter((value, i) => value !== b[i]).length
}
