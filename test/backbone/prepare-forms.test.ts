import { describe, expect, test } from '@jest/globals'
import { float16ToFloat32, float32ToFloat16 } from '../../src/math/float16.js'
import { createRandom } from '../../src/math/random.js'
import { locateHead, type Feature } from '../../src/locate/locate.js'
import type { Normalisation } from '../../src/backbone/normalisation.js'
import { prepareBackbone, type BackboneRecipe } from '../../src/backbone/prepare.js'
import { node, valueInfo } from '../../src/onnx/build.js'
import { shapeOf } from '../../src/onnx/graph.js'
import { cloneModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { renameTensors } from '../../src/onnx/rename.js'
import { DataType } from '../../src/onnx/tensor.js'
import { openSession, type PlainTensor } from '../../src/runtime/session.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'

const size = { width: 6, height: 5 }
const channels = 8
const classes = 7

/** Tolerance for a mean of thirty float32 activations around 1. */
const meanTolerance = 1e-6

interface Form {
  readonly layout?: 'NCHW' | 'NHWC'
  readonly type?: DataType
  readonly opset?: number
}

interface Base {
  readonly model: LoadedModel
  /** The last activations, [batch, 8, 5, 6]. */
  readonly activations: string
}

/** A convolution, global pooling and a head; the image input is `x`. */
function base({ layout = 'NCHW', type = DataType.FLOAT, opset = 13 }: Form = {}): Base {
  const g = new GraphBuilder(opset)
  const given = type === DataType.FLOAT ? 'x' : g.op('Cast', ['x'], { to: DataType.FLOAT })
  const image = layout === 'NCHW' ? given : g.transpose(given, [0, 3, 1, 2])
  const activations = g.convRelu(image, 3, channels, 3)
  const logits = g.gemm(g.op('Flatten', [g.op('GlobalAveragePool', [activations])], { axis: 1 }), channels, classes)
  const { width, height } = size
  const dims = layout === 'NCHW' ? ['n', 3, height, width] : ['n', height, width, 3]
  const model = g.model(dims, [[logits, ['n', classes]]], type)
  model.graph.output = [valueInfo(logits, DataType.FLOAT, ['n', classes])]
  return { model, activations }
}

function prepare(model: LoadedModel, changes: Partial<BackboneRecipe> = {}): LoadedModel {
  const location = locateHead(model)
  const taps = [location.bottleneck]
  return prepareBackbone(model, {
    location,
    taps,
    normalisation: undefined,
    dropBackground: false,
    ...size,
    ...changes,
  })
}

async function run(model: LoadedModel, input: string, tensor: PlainTensor, output: string): Promise<Float32Array> {
  const session = await openSession(encodeModel(model))
  try {
    return (await session.run({ [input]: tensor }, [output]))[output]!.data as Float32Array
  } finally {
    await session.close()
  }
}

const random = createRandom('pixels')
const { width, height } = size
/** Two images: uint8 [2, height, width, 3], RGB. */
const pixels = Uint8Array.from({ length: 2 * height * width * 3 }, () => random.integer(256))
const image: PlainTensor = { dims: [2, height, width, 3], data: pixels }

/** The input of a base graph, computed value by value in float32 arithmetic. */
function fed(layout: 'NCHW' | 'NHWC', normalisation?: Normalisation): PlainTensor {
  const { scale, mean, std, channels: order } = normalisation ?? pixelValues
  const dims = layout === 'NCHW' ? [2, 3, height, width] : [2, height, width, 3]
  const data = new Float32Array(pixels.length)
  for (let n = 0; n < 2; n++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < 3; c++) {
          const pixel = pixels[((n * height + y) * width + x) * 3 + (order === 'BGR' ? 2 - c : c)]!
          const scaled = Math.fround(pixel * Math.fround(scale / 255))
          const centred = Math.fround(scaled - Math.fround(mean[c]!))
          const place =
            layout === 'NCHW' ? ((n * 3 + c) * height + y) * width + x : ((n * height + y) * width + x) * 3 + c
          data[place] = centred / Math.fround(std[c]!)
        }
      }
    }
  }
  return { dims, data }
}

const imagenet = { scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
const rgb: Normalisation = { channels: 'RGB', ...imagenet }
const bgr: Normalisation = { channels: 'BGR', ...imagenet }
/** The input of a graph without a normalisation. */
const pixelValues: Normalisation = { channels: 'RGB', scale: 255, mean: [0, 0, 0], std: [1, 1, 1] }

describe("base_logits are the base's own on the normalised picture, bit for bit", () => {
  test.each<[string, 'NCHW' | 'NHWC', Normalisation | undefined]>([
    ['mean and std', 'NCHW', rgb],
    ['BGR', 'NCHW', bgr],
    ['BGR minus a mean, 0..255', 'NCHW', { channels: 'BGR', scale: 255, mean: [104, 117, 123], std: [1, 1, 1] }],
    ['0..1', 'NCHW', { channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] }],
    ['pixel values as they are', 'NCHW', undefined],
    ['NHWC', 'NHWC', rgb],
    ['NHWC, BGR', 'NHWC', bgr],
  ])('%s', async (_, layout, normalisation) => {
    const { model } = base({ layout })
    const own = await run(model, 'x', fed(layout, normalisation), model.graph.output[0]!.name)
    const prepared = prepare(model, { normalisation })
    expect(await run(prepared, 'image', image, 'base_logits')).toEqual(own)
    // Swapped channels give other logits, so the comparison above is sensitive to their order.
    const { channels: order, ...scaling } = normalisation ?? pixelValues
    const swapped: Normalisation = { channels: order === 'BGR' ? 'RGB' : 'BGR', ...scaling }
    const other = prepare(model, { normalisation: swapped })
    expect(await run(other, 'image', image, 'base_logits')).not.toEqual(own)
  })

  test('float16: the normalised picture is rounded to half floats', async () => {
    const { model } = base({ type: DataType.FLOAT16 })
    const { dims, data } = fed('NCHW', rgb)
    const rounded = (data as Float32Array).map((value) => float16ToFloat32(float32ToFloat16(value)))
    const inFloats = base().model
    const own = await run(inFloats, 'x', { dims, data: rounded }, inFloats.graph.output[0]!.name)
    expect(await run(prepare(model, { normalisation: rgb }), 'image', image, 'base_logits')).toEqual(own)
  })

  test('uint8: pixels go in as they are', async () => {
    const { model } = base({ layout: 'NHWC', type: DataType.UINT8 })
    const own = await run(model, 'x', image, model.graph.output[0]!.name)
    expect(await run(prepare(model), 'image', image, 'base_logits')).toEqual(own)
  })

  test('without its background class, which is column 0', async () => {
    const { model } = base()
    const own = await run(model, 'x', fed('NCHW', rgb), model.graph.output[0]!.name)
    const prepared = prepare(model, { normalisation: rgb, dropBackground: true })
    const logits = await run(prepared, 'image', image, 'base_logits')
    expect([...logits]).toEqual([...own.subarray(1, classes), ...own.subarray(classes + 1)])
    expect(shapeOf(prepared.graph.output[0]!)).toEqual(['batch', classes - 1])
  })

  test.each([
    ['image', 'a', 'y'],
    ['features', 'image', 'base_logits'],
    ['logits', 'features', 'image'],
    ['probabilities', 'base_logits', 'logits'],
    ['base/image', 'image', 'base/base/image'],
    ['x', 'nplusk/tap0', 'nplusk/logits'],
    ['nplusk/input0', 'nplusk/mean', 'nplusk/scale'],
  ])('whatever its tensors are called: %s, %s, %s', async (input, inside, output) => {
    const { model, activations } = base()
    const logits = model.graph.output[0]!.name
    const own = await run(model, 'x', fed('NCHW', rgb), logits)
    const names = new Map([
      ['x', input],
      [activations, inside],
      [logits, output],
    ])
    renameTensors(model.graph, names)
    const prepared = prepare(model, { normalisation: rgb })
    expect(await run(prepared, 'image', image, 'base_logits')).toEqual(own)
    const ends = [...prepared.graph.input, ...prepared.graph.output].map(({ name }) => name)
    expect(ends).toEqual(['image', 'base_logits', 'features'])
  })
})

describe('features', () => {
  /** Opset 18 takes the axes of ReduceMean as an input, earlier ones as an attribute. */
  test.each([9, 13, 17, 18])('are averaged over space and laid side by side, opset %d', async (opset) => {
    const { model, activations } = base({ opset })
    const deeper: Feature = { tensor: activations, size: channels, axes: [2, 3], channelAxis: 1 }
    const location = locateHead(model)
    const prepared = prepare(model, { normalisation: rgb, taps: [deeper, location.bottleneck] })
    const features = await run(prepared, 'image', image, 'features')
    expect(shapeOf(prepared.graph.output[1]!)).toEqual(['batch', 2 * channels])

    const watched = cloneModel(model)
    watched.graph.output.push(valueInfo(activations, DataType.FLOAT, ['n', channels, height, width]))
    const values = await run(watched, 'x', fed('NCHW', rgb), activations)
    const area = height * width
    for (let n = 0; n < 2; n++) {
      for (let c = 0; c < channels; c++) {
        const plane = values.subarray((n * channels + c) * area, (n * channels + c + 1) * area)
        const mean = plane.reduce((sum, value) => sum + value, 0) / area
        for (const tap of [0, 1]) {
          const found = features[n * 2 * channels + tap * channels + c]!
          expect(Math.abs(found - mean)).toBeLessThan(meanTolerance * Math.max(1, mean))
        }
      }
    }
    expect(values.some((value) => value > 0)).toBe(true)
  })

  test('one token may be selected instead', async () => {
    const { model, activations } = base()
    // Row 2 of the activations, not averaged: 8 channels of one column each.
    const column = cloneModel(model)
    column.graph.node.push(node('ReduceMean', [activations], 'rows', { axes: [3], keepdims: 0 }))
    const third: Feature = { tensor: 'rows', size: channels, axes: [], channelAxis: 1, select: { axis: 2, index: 2 } }
    const location = locateHead(column)
    const features = await run(prepare(column, { taps: [third, location.bottleneck] }), 'image', image, 'features')
    column.graph.output.push(valueInfo('rows', DataType.FLOAT, ['n', channels, height]))
    const rows = await run(column, 'x', fed('NCHW'), 'rows')
    for (let c = 0; c < channels; c++) expect(features[c]).toBe(rows[c * height + 2])
  })
})

describe('prepareBackbone', () => {
  test('declares a batch that is free, or fixed as the base has it', () => {
    const { model } = base()
    expect(shapeOf(prepare(model).graph.input[0]!)).toEqual(['batch', height, width, 3])
    model.graph.input = [valueInfo('x', DataType.FLOAT, [4, 3, height, width])]
    const { graph } = prepare(model)
    expect([graph.input[0]!, ...graph.output].map((info) => shapeOf(info)![0])).toEqual([4, 4, 4])
  })

  test('leaves the base as it is', () => {
    const { model } = base()
    const before = encodeModel(model)
    prepare(model, { normalisation: bgr, dropBackground: true })
    expect(encodeModel(model)).toEqual(before)
  })

  test('refuses a base that needs more than a picture', () => {
    const { model } = base()
    const location = locateHead(model)
    model.graph.input.push(valueInfo('length', DataType.INT64, [1]))
    model.graph.node.push(node('Identity', ['length'], 'read'))
    const recipe = { location, taps: [location.bottleneck], normalisation: rgb, dropBackground: false, ...size }
    expect(() => prepareBackbone(model, recipe)).toThrow(
      expect.objectContaining({ code: 'BAD_MODEL', message: expect.stringContaining('length') }),
    )
  })
})
