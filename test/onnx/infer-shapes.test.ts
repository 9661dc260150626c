import { describe, expect, test } from '@jest/globals'
import { inferShapes } from '../../src/onnx/infer-shapes.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { shapeOf } from '../../src/onnx/graph.js'
import { opsetVersion, type LoadedModel } from '../../src/onnx/model.js'
import { DataType, floatTensor, int64Tensor } from '../../src/onnx/tensor.js'
import { GraphBuilder } from '../support/tiny-models/builder.js'
import * as convolutional from '../support/tiny-models/convolutional.js'
import { headModel, heads } from '../support/tiny-models/heads.js'
import * as transformers from '../support/tiny-models/transformers.js'
import { runTensors } from '../support/tiny-models/run.js'

function infer(model: LoadedModel, batch: number): ReturnType<typeof inferShapes> {
  const dims = shapeOf(model.graph.input[0]!)!.slice(1) as number[]
  const inputs = new Map([['x', [batch, ...dims]]])
  return inferShapes(model.graph, model.graph.node, inputs, {
    opset: opsetVersion(model),
    useDeclared: false,
  })
}

/** Every inferred shape must be the one the runtime gives, and every tensor must have a shape. */
async function compare(model: LoadedModel, batch: number): Promise<void> {
  const { shapes, unclear } = infer(model, batch)
  expect(unclear.map(({ opType }) => opType)).toEqual([])
  const integers = new Set([
    'Shape',
    'Slice',
    'Concat',
    'QuantizeLinear',
    'DynamicQuantizeLinear',
    'MatMulInteger',
    'QLinearMatMul',
    'QLinearConv',
  ])
  const readable = model.graph.node.filter(({ opType }) => !integers.has(opType)).map(({ output }) => output[0]!)
  const results = await runTensors(model, readable, batch, shapeOf(model.graph.input[0]!)!.slice(1) as number[])
  expect(readable.map((name) => [name, shapes.get(name)])).toEqual(
    readable.map((name) => [name, [...results.get(name)!.dims]]),
  )
}

describe('shapes are those that the runtime makes', () => {
  const { vgg16, inceptionV3Keras, mobilenetV1, mobilenetV3, efficientnet, densenet, shufflenet, googlenet } =
    convolutional
  const models = {
    vgg16,
    inceptionV3Keras,
    mobilenetV1,
    mobilenetV3,
    efficientnet,
    densenet,
    shufflenet,
    googlenet,
  }
  test.each(Object.entries(models))('in %s', (_, build) => compare(build().model, 2))
  test('in SqueezeNet', () => compare(convolutional.squeezenet().model, 1))
  test('in ViT', () => compare(transformers.vit().model, 2))
  test('in Swin', () => compare(transformers.swin().model, 2))
  test('in ConvNeXt', () => compare(transformers.convnext().model, 2))
  test.each(Object.keys(heads).filter((name) => !name.includes('half floats')))('in the head %s', (name) =>
    compare(headModel(name).model, 1),
  )

  test('after windows with padding, dilation, ceiling and automatic padding', async () => {
    const g = new GraphBuilder(13)
    const parts = [
      g.op('MaxPool', ['x'], {
        kernel_shape: [3, 3],
        strides: [2, 2],
        ceil_mode: 1,
      }),
      g.op('MaxPool', ['x'], {
        kernel_shape: [2, 2],
        strides: [3, 3],
        pads: [0, 0, 1, 1],
        ceil_mode: 1,
      }),
      g.op('AveragePool', ['x'], {
        kernel_shape: [3, 2],
        strides: [2, 1],
        auto_pad: 'SAME_UPPER',
      }),
      g.op('Conv', ['x', g.weights([4, 3, 3, 3])], {
        dilations: [2, 3],
        strides: [2, 1],
        pads: [1, 0, 2, 1],
      }),
      g.op('Conv', ['x', g.weights([4, 3, 3, 2])], {
        auto_pad: 'VALID',
        strides: [2, 2],
      }),
      g.op('Pad', ['x', g.ints([0, 0, 1, 2, 0, 0, 3, 4])]),
      g.op('Slice', ['x', g.ints([-1, 1]), g.ints([-1000, -2]), g.ints([2, 3]), g.ints([-2, 1])]),
      g.op('Transpose', ['x']),
      g.op('Flatten', ['x'], { axis: 2 }),
      g.op('Tile', ['x', g.ints([1, 2, 1, 1])]),
      g.op('Gather', ['x', g.ints([0, 1, 2, 0], [2, 2])], { axis: 1 }),
    ]
    await compare(
      g.model(
        [1, 3, 11, 10],
        parts.map((name) => [name, []]),
      ),
      1,
    )
  })
})

test('a node that does not fit its input is unclear, and nothing after it is guessed', () => {
  const g = new GraphBuilder(13)
  const wrong = g.conv('x', 4, 8, 3)
  const after = g.relu(wrong)
  const { shapes, unclear } = infer(g.model(['N', 3, 8, 8], [[after, ['N', 8, 8, 8]]]), 1)
  expect([shapes.get(wrong), shapes.get(after)]).toEqual([undefined, undefined])
  expect(unclear.map(({ opType }) => opType)).toEqual(['Conv', 'Relu'])
})

test('arithmetic on shapes goes on through remainders, and comparisons have shapes', () => {
  const { graph } = graphModel({
    name: 'arithmetic',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, ['n', 7])],
    outputs: [valueInfo('filled', DataType.FLOAT, ['a', 'b'])],
    initializers: [int64Tensor('three', [1], [3]), floatTensor('zero', [1, 1], [0])],
    nodes: [
      node('Shape', ['x'], 'shape'),
      node('Mod', ['shape', 'three'], 'rest'),
      node('ConstantOfShape', ['rest'], 'filled'),
      node('Size', ['x'], 'size'),
      node('GreaterOrEqual', ['x', 'zero'], 'above'),
      node('LessOrEqual', ['zero', 'x'], 'below'),
    ],
  })
  const { shapes, values, unclear } = inferShapes(graph, graph.node, new Map([['x', [5, 7]]]), {
    opset: 17,
    useDeclared: false,
  })
  expect(unclear).toEqual([])
  expect(values.get('rest')).toEqual([2, 1])
  const found = ['filled', 'size', 'above', 'below'].map((name) => shapes.get(name))
  expect(found).toEqual([[2, 1], [], [5, 7], [5, 7]])
})
