import { describe, expect, test } from '@jest/globals'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { elementTypeOf, indexGraph, intAttribute } from '../../src/onnx/graph.js'
import { cloneModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { DataType, floatTensor, tensor } from '../../src/onnx/tensor.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { mergeHeads } from '../../src/merge/merge-heads.js'
import { locateHead } from '../../src/locate/locate.js'
import { prepareBackbone } from '../../src/backbone/prepare.js'
import { precisions, toPrecision } from '../../src/precision/convert.js'
import { openSession } from '../../src/runtime/session.js'
import { tfliteToOnnx } from '../../src/tflite/convert.js'
import { randomBytes } from '../support/random-bytes.js'
import { tinyClassifier } from '../tflite/tiny-classifier.js'
import { runTensors } from '../support/tiny-models/run.js'
import { topologies } from '../support/tiny-models/topologies.js'

const qdq = tfliteToOnnx(tinyClassifier(), { form: 'qdq' })
const images = { dims: [4, 8, 7, 3], data: randomBytes(4 * 8 * 7 * 3) }

async function logitsOf(model: LoadedModel): Promise<Float32Array> {
  const session = await openSession(encodeModel(model))
  try {
    return (await session.run({ image: images }, ['logits']))['logits']!.data as Float32Array
  } finally {
    await session.close()
  }
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}

describe('a quantised classifier', () => {
  test('as float32 computes what the converter writes as float32, clamps included', async () => {
    const expected = await logitsOf(tfliteToOnnx(tinyClassifier(), { form: 'float32' }))
    expect(largestDifference(await logitsOf(toPrecision(qdq, 'float32')), expected)).toBeLessThan(1e-4)
    expect(largestDifference(await logitsOf(qdq), expected)).toBeGreaterThan(1e-3)
  })

  test('without a clamp would compute something else', async () => {
    const float = toPrecision(qdq, 'float32')
    const open = cloneModel(float)
    open.graph.node
      .filter(({ opType }) => opType === 'Clip')
      .forEach((clip) => {
        clip.opType = 'Identity'
        clip.input = clip.input.slice(0, 1)
      })
    expect(largestDifference(await logitsOf(open), await logitsOf(float))).toBeGreaterThan(0.1)
  })

  test('as float16 keeps its input and its outputs, and differs by no more than half floats round', async () => {
    const half = toPrecision(qdq, 'float16')
    expect(half.graph.input.map(elementTypeOf)).toEqual([DataType.UINT8])
    expect(half.graph.output.map(elementTypeOf)).toEqual([DataType.FLOAT])
    const difference = largestDifference(await logitsOf(half), await logitsOf(toPrecision(qdq, 'float32')))
    expect(difference).toBeLessThan(0.05)
  })

  test('as float16 has half the weights’ bytes, and its head in float32', () => {
    const { graph } = toPrecision(qdq, 'float16')
    const { producer, constants } = indexGraph(graph)
    expect(constants.get('head/weights')!.dataType).toBe(DataType.FLOAT)
    const convolutions = graph.node.filter(({ opType, output }) => opType === 'Conv' && output[0] !== 'head')
    expect(convolutions.length).toBeGreaterThan(0)
    for (const { input } of convolutions) expect(constants.get(input[1]!)!.dataType).toBe(DataType.FLOAT16)
    expect(intAttribute(producer.get(producer.get('head')!.input[0]!)!, 'to', 0)).toBe(DataType.FLOAT)
  })

  test('holds no integer tensors or operators afterwards, and is itself as int8', () => {
    for (const precision of ['float16', 'float32'] as const) {
      const { graph } = toPrecision(qdq, precision)
      expect(graph.node.map(({ opType }) => opType).filter((type) => /Quantize/.test(type))).toEqual([])
      expect(graph.initializer.filter(({ dataType }) => dataType === DataType.INT8)).toEqual([])
    }
    expect(toPrecision(qdq, 'int8')).toBe(qdq)
  })
})

test('weights with a scale for each channel are multiplied out along their axis', async () => {
  const model = graphModel({
    name: 'channels',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, [1, 2])],
    outputs: [valueInfo('y', DataType.FLOAT, [1, 3])],
    nodes: [node('DequantizeLinear', ['w', 's', 'z'], 'weights', { axis: 1 }), node('MatMul', ['x', 'weights'], 'y')],
    initializers: [
      tensor('w', DataType.INT8, [2, 3], Int8Array.of(1, 2, 3, 4, 5, 6)),
      floatTensor('s', [3], [1, 10, 100]),
      tensor('z', DataType.INT8, [3], Int8Array.of(0, 1, 2)),
    ],
  })
  const session = await openSession(encodeModel(toPrecision(model, 'float32')))
  try {
    const { y } = await session.run({ x: { dims: [1, 2], data: Float32Array.of(1, 1) } }, ['y'])
    expect([...y!.data]).toEqual([5, 50, 500])
  } finally {
    await session.close()
  }
})

/** x through integers and back, which are of what type the attributes say. */
function throughIntegers(quantize: Record<string, number>, dequantize: Record<string, number> = {}) {
  return graphModel({
    name: 'clamped',
    opset: 21,
    inputs: [valueInfo('x', DataType.FLOAT, [1, 3])],
    outputs: [valueInfo('y', DataType.FLOAT, [1, 3])],
    nodes: [
      node('QuantizeLinear', ['x', 's'], 'q', quantize),
      node('DequantizeLinear', ['q', 's'], 'd', dequantize),
      node('Relu', ['d'], 'r'),
      node('Sub', ['d', 'r'], 'y'),
    ],
    initializers: [floatTensor('s', [], [0.5])],
  })
}

test('integers without a zero point have the type that their node names', async () => {
  for (const [type, expected] of [
    [DataType.INT8, [-64, 0, 0]],
    [DataType.UINT8, [0, 0, 0]],
  ] as const) {
    const model = throughIntegers({ output_dtype: type })
    for (const one of [model, toPrecision(model, 'float32')]) {
      const session = await openSession(encodeModel(one))
      const { y } = await session.run({ x: { dims: [1, 3], data: Float32Array.of(-100, 0, 100) } }, ['y'])
      expect(Array.from(y!.data, Number).map((value) => value + 0)).toEqual(expected)
      await session.close()
    }
  }
})

test('other integers than those of 8 bits, and scales of blocks, are refused by name', () => {
  const convert = (...attributes: Parameters<typeof throughIntegers>) =>
    toPrecision(throughIntegers(...attributes), 'float32')
  expect(() => convert({ output_dtype: DataType.INT16 })).toThrow(/its QuantizeLinear q gives other numbers than 8-bit/)
  expect(() => convert({ block_size: 2 })).toThrow(/its DequantizeLinear d does not undo the QuantizeLinear before it/)
  expect(() => convert({}, { block_size: 2 })).toThrow(/its DequantizeLinear d has a scale for each block/)
})

describe('as float16 a float32 graph computes the same but for rounding:', () => {
  test.each(Object.entries(topologies))('%s', async (_, build) => {
    const { model } = build()
    const dims = model.graph.input.find(({ name }) => name === 'x')!.type!.value.value as {
      shape: { dim: { value: { value: bigint | string } }[] }
    }
    const [batch, ...image] = dims.shape.dim.map(({ value }) =>
      typeof value.value === 'bigint' ? Number(value.value) : 2,
    )
    const names = model.graph.output.map(({ name }) => name)
    const expected = await runTensors(model, names, batch!, image)
    const half = toPrecision(model, 'float16')
    expect(half.graph.initializer.some(({ dataType }) => dataType === DataType.FLOAT16)).toBe(true)
    const actual = await runTensors(half, names, batch!, image)
    const differences = names.map((name) => {
      const { data } = expected.get(name)!
      return largestDifference(actual.get(name)!.data, data) / Math.max(1, ...data.map(Math.abs))
    })
    expect(Math.max(...differences)).toBeLessThan(0.02)
    expect(Math.max(...differences)).toBeGreaterThan(0)
  })
})

test('a prepared float32 graph computes in float16 up to its features; old logits are those of the merged model', async () => {
  const { model } = topologies['EfficientNet']!()
  const location = locateHead(model)
  const { width, height } = { width: location.input.width!, height: location.input.height! }
  const taps = [...location.taps, location.bottleneck]
  const normalisation = { channels: 'RGB', scale: 255, mean: [1, 2, 3], std: [60, 50, 40] } as const
  const backbone = prepareBackbone(model, { location, taps, normalisation, width, height, dropBackground: false })
  const dim = taps.reduce((sum, { size }) => sum + size, 0)
  const head = new LinearHead({
    dim,
    columns: 2,
    weight: new Float32Array(2 * dim).fill(0.01),
    bias: Float32Array.of(1, 2),
  })
  const merged = toPrecision(mergeHeads(backbone, [{ head, mergedInto: [undefined, undefined] }], {}), 'float16')
  const half = toPrecision(backbone, 'float16')

  const { constants, producer } = indexGraph(half.graph)
  const convolutions = half.graph.node.filter(({ opType }) => opType === 'Conv')
  expect(convolutions.map(({ input }) => constants.get(input[1]!)?.dataType)).toEqual(
    convolutions.map(() => DataType.FLOAT16),
  )
  expect(producer.get('features')!.opType).toBe('Concat')

  const data = randomBytes(height * width * 3)
  const input = { image: { dims: [1, height, width, 3], data } }
  const [one, other] = [await openSession(encodeModel(half)), await openSession(encodeModel(merged))]
  try {
    const { base_logits } = await one.run(input, ['base_logits'])
    const { logits } = await other.run(input, ['logits'])
    expect(logits!.data.slice(0, location.classes)).toEqual(base_logits!.data)
    expect(logits!.data).toHaveLength(location.classes + 2)
  } finally {
    await one.close()
    await other.close()
  }
})

describe('refused, by name, are', () => {
  const tiny = topologies['VGG-16']!().model

  test('a float graph as int8', () => {
    expect(() => toPrecision(tiny, 'int8')).toThrow(/not quantised and cannot be made int8/)
  })

  test('a float16 graph as float32', () => {
    expect(() => toPrecision(toPrecision(tiny, 'float16'), 'float32')).toThrow(/is float16/)
  })

  test('operators on integers', () => {
    const copy = cloneModel(qdq)
    copy.graph.node.find(({ opType }) => opType === 'Conv')!.opType = 'QLinearConv'
    expect(() => toPrecision(copy, 'float16')).toThrow(/its QLinearConv .* computes in integers; use it as int8/)
  })

  test('branches', () => {
    const copy = cloneModel(tiny)
    copy.graph.node.push(node('If', ['flag'], 'maybe'))
    const branch = copy.graph.node.at(-1)!
    branch.attribute = [{ ...qdq.graph.node[0]!.attribute[0]!, g: tiny.graph }]
    expect(() => toPrecision(copy, 'float16')).toThrow(/a branch or a loop \(If maybe\)/)
  })
})

test('a float graph whose image is scaled by a DequantizeLinear becomes float16 like any other', async () => {
  const float = tfliteToOnnx(tinyClassifier(), { form: 'float32' })
  expect(float.graph.node.some(({ opType }) => opType === 'DequantizeLinear')).toBe(true)
  expect(toPrecision(float, 'float32')).toBe(float)
  const difference = largestDifference(await logitsOf(toPrecision(float, 'float16')), await logitsOf(float))
  expect(difference).toBeLessThan(0.05)
})

test('a file that lists its weights among its inputs asks for none of them afterwards', async () => {
  const model = graphModel({
    name: 'old',
    opset: 8,
    inputs: [valueInfo('x', DataType.FLOAT, [1, 2]), valueInfo('w', DataType.FLOAT, [2, 2])],
    outputs: [valueInfo('y', DataType.FLOAT, [1, 2])],
    nodes: [node('MatMul', ['x', 'w'], 'a'), node('MatMul', ['a', 'w'], 'b'), node('Relu', ['b'], 'y')],
    initializers: [floatTensor('w', [2, 2], [1, 2, 3, 4])],
  })
  model.irVersion = 3n
  const session = await openSession(encodeModel(toPrecision(model, 'float16')))
  try {
    const { y } = await session.run({ x: { dims: [1, 2], data: Float32Array.of(1, 1) } }, ['y'])
    expect([...y!.data]).toEqual([22, 32])
  } finally {
    await session.close()
  }
})

test('nothing changes the model it is given', () => {
  const before = encodeModel(qdq)
  for (const precision of precisions) toPrecision(qdq, precision)
  expect(encodeModel(qdq)).toEqual(before)
})
