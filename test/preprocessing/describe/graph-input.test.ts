import { describe, expect, test } from '@jest/globals'
import { conventionsInGraph } from '../../../src/preprocessing/describe/graph-input.js'
import { DataType } from '../../../src/onnx/tensor.js'
import { GraphBuilder } from '../../support/tiny-models/builder.js'

/** The conventions suggested by a graph with these first nodes. */
function told(begin: (g: GraphBuilder) => string, channels = 3): string[] | undefined {
  const g = new GraphBuilder(13)
  const features = g.op('Flatten', [g.op('GlobalAveragePool', [g.convRelu(begin(g), channels, 4, 3)])], { axis: 1 })
  const model = g.model(['N', channels, 8, 8], [[g.gemm(features, 4, 3), ['N', 3]]])
  return conventionsInGraph(model, 'x', channels)?.map(({ name }) => name)
}

const quantised = (range: readonly [number, number]) => (g: GraphBuilder) => {
  const scale = (range[1] - range[0]) / 255
  const inputs = [g.floats([], [scale]), g.constant(DataType.UINT8, [], Uint8Array.of(Math.round(-range[0] / scale)))]
  return g.op('DequantizeLinear', [g.op('QuantizeLinear', ['x', ...inputs]), ...inputs])
}

test('a graph that begins with a convolution tells nothing', () => expect(told(() => 'x')).toBeUndefined())

describe('the range of a quantised input', () => {
  test.each([
    [[-2.118, 2.64], ['ImageNet mean and std']],
    [[-1.985, 2.13], ['CIFAR-10 mean and std']],
    [[-1, 1], ['-1..1']],
    [[0, 1], ['0..1']],
    [
      [0, 255],
      ['0..255', '0..255, BGR'],
    ],
    [[-5, 5], undefined],
  ] as const)('%j', (range, names) => expect(told(quantised(range))).toEqual(names))

  test('of signed integers, which the node itself names', () => {
    const range = (g: GraphBuilder) => g.op('QuantizeLinear', ['x', g.floats([], [1 / 127.5])], { output_dtype: 3 })
    expect(told(range)).toEqual(['-1..1'])
  })

  test('of one channel', () => expect(told(quantised([-0.424, 2.82]), 1)).toEqual(['MNIST mean and std']))
})

describe('scaling in the first nodes', () => {
  const bytes = ['0..255', '0..255, BGR']
  test('Keras’ Rescaling takes bytes', () => {
    expect(told((g) => g.op('Mul', ['x', g.floats([], [1 / 255])]))).toEqual(bytes)
    expect(told((g) => g.op('Sub', [g.op('Div', ['x', g.floats([], [127.5])]), g.floats([], [1])]))).toEqual(bytes)
    expect(told((g) => g.op('Add', [g.op('Mul', ['x', g.floats([], [1 / 127.5])]), g.floats([], [-1])]))).toEqual(bytes)
  })

  test('a mean of bytes takes bytes, one of fractions takes 0..1', () => {
    expect(told((g) => g.op('Sub', ['x', g.floats([1, 3, 1, 1], [123.7, 116.8, 103.9])]))).toEqual(bytes)
    const centred = (g: GraphBuilder) => g.op('Sub', ['x', g.floats([1, 3, 1, 1], [0.485, 0.456, 0.406])])
    expect(told((g) => g.op('Div', [centred(g), g.floats([1, 3, 1, 1], [0.229, 0.224, 0.225])]))).toEqual(['0..1'])
  })

  test('an addition of weights is none', () => {
    expect(told((g) => g.op('Add', ['x', g.floats([1, 3, 1, 1], [0.01, 0.02, 0.01])]))).toBeUndefined()
  })
})
