import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileBackbone } from '../../src/classifier/file-backbone.js'
import { setMetadata } from '../../src/onnx/build.js'
import { decodeModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { logitsOfBoth } from '../support/base-logits.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'

let folder: string
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'nplusk-'))))
afterAll(() => rm(folder, { recursive: true }))

const side = 28
const classes = 5

function greyModel(opset: number, channelsLast: boolean): LoadedModel {
  const g = new GraphBuilder(opset)
  const image = channelsLast ? g.transpose('x', [0, 3, 1, 2]) : 'x'
  const map = g.maxPool(g.convRelu(image, 1, 6, 5))
  const scores = g.gemm(g.op('Flatten', [g.op('GlobalAveragePool', [map])], { axis: 1 }), 6, classes)
  return g.model(channelsLast ? [1, side, side, 1] : [1, 1, side, side], [[scores, [1, classes]]])
}

/** Pillow's convert('L'), by its own integer formula. */
function luma(pixels: Uint8Array): Float32Array {
  return Float32Array.from({ length: pixels.length / 3 }, (_, i) => {
    const [r, g, b] = pixels.subarray(3 * i, 3 * i + 3)
    return (r! * 19595 + g! * 38470 + b! * 7471 + 0x8000) >> 16
  })
}

/** Bytes of every size, in a sequence that does not repeat. */
const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * i * 31 + 7 * i) % 256)

describe.each([
  [7, false],
  [13, false],
  [13, true],
  [18, false],
])('one channel, opset %d, channels last: %s', (opset, channelsLast) => {
  test('the graph takes RGB, and its logits are those of the original on the luma, bit for bit', async () => {
    const original = greyModel(opset, channelsLast)
    const file = join(folder, 'grey.onnx')
    await writeFile(file, encodeModel(original))
    const { backbone, found } = await fileBackbone(file, { input: { mean: [0], std: [255] } })
    expect(found.normalisation).toEqual({ channels: 'L', scale: 255, mean: [0], std: [255] })
    const both = await logitsOfBoth(original, decodeModel(backbone.graph), pixels, side, side)
    expect(both.prepared).toEqual(both.original)

    const session = await openSession(encodeModel(original))
    const data = luma(pixels).map((value) => Math.fround(value / 255))
    const dims = channelsLast ? [1, side, side, 1] : [1, 1, side, side]
    const output = original.graph.output[0]!.name
    const answer = await session.run({ x: { dims, data } }, [output])
    await session.close()
    expect(both.prepared).toEqual(answer[output]!.data)
  })
})

test('what is said of it: metadata, an option with one number, or the trial', async () => {
  const file = join(folder, 'grey.onnx')
  const model = greyModel(7, false)
  await writeFile(file, encodeModel(model))
  const { found } = await fileBackbone(file, {})
  expect(found).toMatchObject({
    source: 'trial',
    isSure: false,
    preprocess: { width: side, height: side, resize: 'squash', cropFraction: 1 },
  })
  expect(found.trial!.scores.map(({ name }) => name).sort()).toEqual(['-1..1', '0..1', '0..255', 'MNIST mean and std'])
  setMetadata(model, 'Image.BitmapPixelFormat', 'Gray8')
  setMetadata(model, 'Image.NominalPixelRange', 'NominalRange_0_255')
  await writeFile(file, encodeModel(model))
  expect((await fileBackbone(file, {})).found).toMatchObject({
    source: 'metadata',
    convention: '0..255',
    normalisation: { channels: 'L', scale: 255, mean: [0], std: [1] },
  })
  const said = await fileBackbone(file, { input: { mean: [0.1307], std: [0.3081] } })
  expect(said.found).toMatchObject({ source: 'options', convention: 'MNIST mean and std' })
  for (const input of [{ mean: [0.1, 0.2, 0.3] }, { channels: 'BGR' as const }]) {
    await expect(fileBackbone(file, { input })).rejects.toMatchObject({
      message: expect.stringMatching(/takes one channel, the brightness\.$/),
      remedy: { kind: 'give-grey-values' },
    })
  }
})
