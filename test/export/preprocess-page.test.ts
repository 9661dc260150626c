import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { loadImage } from '../../src/image/decode.js'
import type { Preprocess } from '../../src/image/types.js'
import { openSession } from '../../src/runtime/session.js'
import { cropAndResize } from '../../src/export/crop-and-resize.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { DataType } from '../../src/onnx/tensor.js'
import { floatsOf } from './tiny-export.js'

interface Page {
  centralRegion(width: number, height: number, preprocess: Preprocess): object
  resample(rgba: Uint8Array, width: number, region: object, preprocess: Preprocess): Uint8Array
}
// The page's own module, as it ships: compiled tests run from dist/test/export.
const page = (await import(new URL('../../../assets/web/preprocess.js', import.meta.url).href)) as Page

const small = { width: 64, height: 64 }
/** Largest mean difference of a value 0..255: libvips computes with integers, and half a pixel's shift would be above 1. */
const cases: readonly [string, Partial<Preprocess>, number][] = [
  ['bicubic, cropped to the middle', {}, 0.3],
  ['bilinear', { interpolation: 'bilinear' }, 0.3],
  ['lanczos', { interpolation: 'lanczos' }, 0.3],
  ['squashed', { resize: 'squash', cropFraction: 0.875 }, 0.3],
  ['a smaller middle', { cropFraction: 0.875, interpolation: 'bilinear' }, 0.3],
  ['made larger', { width: 320, height: 320 }, 0.5],
]

const picture = 'fixtures/flowers/poppy/01.jpg'

test.each(cases)(
  "a picture as the page and as an exported graph see it is training's: %s",
  async (_, fields, tolerance) => {
    const preprocess: Preprocess = { ...small, resize: 'shorter', cropFraction: 1, interpolation: 'bicubic', ...fields }
    const expected = await loadImage(picture, preprocess)
    const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    const { width, height } = info
    const onPage = page.resample(data, width, page.centralRegion(width, height, preprocess), preprocess)
    expect(meanDifference(onPage, expected)).toBeLessThan(tolerance)

    const rgb = await sharp(picture).raw().toBuffer()
    const session = await openSession(encodeModel(cropAndResize(identity(preprocess), preprocess)))
    try {
      const { out } = await session.run({ pixel_values: floatsOf(rgb, width, height) }, ['out'])
      expect(out!.dims).toEqual([1, 3, preprocess.height, preprocess.width])
      const inGraph = floatsOf(expected, preprocess.width, preprocess.height).data
      expect(255 * meanDifference(out!.data as Float32Array, inGraph as Float32Array)).toBeLessThan(tolerance + 0.3)
    } finally {
      await session.close()
    }
  },
)

/** A graph with float input that gives its input back. */
function identity({ width, height }: Preprocess): LoadedModel {
  const dims = ['batch', 3, height, width]
  return graphModel({
    name: 'identity',
    opset: 13,
    inputs: [valueInfo('pixel_values', DataType.FLOAT, dims)],
    outputs: [valueInfo('out', DataType.FLOAT, dims)],
    nodes: [node('Identity', ['pixel_values'], 'out')],
    initializers: [],
  })
}

function meanDifference(a: Uint8Array | Float32Array, b: Uint8Array | Float32Array): number {
  expect(a).toHaveLength(b.length)
  return Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / b.length
}
