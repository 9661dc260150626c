import { expect, test } from '@jest/globals'
import { rules } from '../../src/gradient/rules.js'
import { node } from '../../src/onnx/build.js'
import { DataType, floatTensor, int64Tensor, tensor } from '../../src/onnx/tensor.js'
import { gradientErrors, type Piece } from '../support/finite-differences.js'

const image = [2, 3, 5, 6]

/** A convolution of images of three channels, with a bias. */
function conv(
  y: readonly number[],
  weights: readonly number[],
  attributes: Parameters<typeof node>[3],
  x: readonly number[] = image,
): Piece {
  return {
    nodes: [node('Conv', ['x', 'w', 'b'], 'y', attributes)],
    inputs: { x, w: weights, b: [weights[0]!] },
    y,
  }
}

/** An operator of one operand and the shape of it. */
function one(operator: string, attributes: Parameters<typeof node>[3] = {}, centre = 0): Piece {
  return { nodes: [node(operator, ['x'], 'y', attributes)], inputs: { x: [3, 4] }, centre, y: [3, 4] }
}

function pool(operator: string, y: readonly number[], attributes: Parameters<typeof node>[3]): Piece {
  return { nodes: [node(operator, ['x'], 'y', attributes)], inputs: { x: image }, y }
}

/** An operator of one operand that is told what to do by constants of integers. */
function told(
  operator: string,
  y: readonly number[],
  integers: readonly (readonly number[])[],
  attributes: Parameters<typeof node>[3] = {},
): Piece {
  const names = integers.map((_, i) => `i${i}`)
  return {
    nodes: [node(operator, ['x', ...names], 'y', attributes)],
    inputs: { x: image },
    constants: integers.map((values, i) => int64Tensor(`i${i}`, [values.length], values)),
    y,
  }
}

const broadcasts: Piece['inputs'] = { a: [2, 1, 4], b: [3, 1] }
const two = (operator: string, centre = 0): Piece => ({
  nodes: [node(operator, ['a', 'b'], 'y')],
  inputs: broadcasts,
  centre,
  y: [2, 3, 4],
})

/** Pieces by the operator that they try; each operator that has a rule is among them. */
const pieces: Readonly<Record<string, Readonly<Record<string, Piece>>>> = {
  Identity: { '': one('Identity') },
  Dropout: { '': one('Dropout') },
  Cast: { '': one('Cast', { to: DataType.FLOAT }) },
  Add: {
    'two shapes': two('Add'),
    'a tensor and itself': { nodes: [node('Add', ['x', 'x'], 'y')], inputs: { x: [3] }, y: [3] },
  },
  Sub: { 'two shapes': two('Sub') },
  Mul: {
    'two shapes': two('Mul'),
    'a tensor and itself': { nodes: [node('Mul', ['x', 'x'], 'y')], inputs: { x: [3] }, y: [3] },
  },
  Div: { 'two shapes': two('Div', 4) },
  Sum: { three: { nodes: [node('Sum', ['a', 'b', 'a'], 'y')], inputs: broadcasts, y: [2, 3, 4] } },
  Neg: { '': one('Neg') },
  Sqrt: { '': one('Sqrt', {}, 3) },
  Exp: { '': one('Exp') },
  Log: { '': one('Log', {}, 3) },
  Reciprocal: { '': one('Reciprocal', {}, 3) },
  Abs: { '': one('Abs') },
  Pow: {
    'an exponent of more dimensions': {
      nodes: [node('Pow', ['x', 'exponent'], 'y')],
      inputs: { x: [4] },
      constants: [floatTensor('exponent', [1, 1], [3])],
      y: [1, 4],
    },
    ...Object.fromEntries(
      [0, 1, 2, 3, 0.5, -1].map((exponent) => [
        `to ${exponent}`,
        {
          nodes: [node('Pow', ['x', 'exponent'], 'y')],
          inputs: { x: [3, 4] },
          constants: [floatTensor('exponent', [], [exponent])],
          centre: 3,
          y: [3, 4],
        },
      ]),
    ),
  },
  Where: {
    'two shapes': {
      nodes: [node('Where', ['condition', 'a', 'b'], 'y')],
      inputs: broadcasts,
      constants: [tensor('condition', DataType.BOOL, [3, 4], Uint8Array.from([1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1]))],
      y: [2, 3, 4],
    },
  },
  Relu: { '': one('Relu') },
  LeakyRelu: { '': one('LeakyRelu', { alpha: { float: 0.25 } }) },
  Clip: {
    'both limits': {
      nodes: [node('Clip', ['x', 'low', 'high'], 'y')],
      inputs: { x: [3, 4] },
      constants: [floatTensor('low', [], [-0.5]), floatTensor('high', [], [0.75])],
      y: [3, 4],
    },
    'one limit': {
      nodes: [node('Clip', ['x', 'low'], 'y')],
      inputs: { x: [3, 4] },
      constants: [floatTensor('low', [], [0])],
      y: [3, 4],
    },
  },
  Sigmoid: { '': one('Sigmoid') },
  Tanh: { '': one('Tanh') },
  HardSigmoid: { '': one('HardSigmoid', { alpha: { float: 0.5 }, beta: { float: 0.25 } }) },
  HardSwish: {
    'around 0': one('HardSwish'),
    'around 3': one('HardSwish', {}, 3),
    'around −3': one('HardSwish', {}, -3),
  },
  Erf: { '': one('Erf') },
  Gelu: { exact: one('Gelu'), 'by tanh': one('Gelu', { approximate: 'tanh' }) },
  Softmax: { 'last axis': one('Softmax'), 'first axis': one('Softmax', { axis: 0 }) },
  LogSoftmax: { 'last axis': one('LogSoftmax'), 'first axis': one('LogSoftmax', { axis: 0 }) },
  MatMul: {
    matrices: { nodes: [node('MatMul', ['a', 'b'], 'y')], inputs: { a: [3, 4], b: [4, 2] }, y: [3, 2] },
    'one matrix for all': {
      nodes: [node('MatMul', ['a', 'b'], 'y')],
      inputs: { a: [2, 3, 4], b: [4, 2] },
      y: [2, 3, 2],
    },
    'one matrix ahead': { nodes: [node('MatMul', ['a', 'b'], 'y')], inputs: { a: [3, 4], b: [2, 4, 2] }, y: [2, 3, 2] },
    'heads that broadcast': {
      nodes: [node('MatMul', ['a', 'b'], 'y')],
      inputs: { a: [2, 1, 3, 4], b: [3, 4, 2] },
      y: [2, 3, 3, 2],
    },
  },
  Gemm: Object.fromEntries(
    [0, 1].flatMap((transA) =>
      [0, 1].map((transB) => [
        `A${transA ? '′' : ''}·B${transB ? '′' : ''}`,
        {
          nodes: [node('Gemm', ['a', 'b', 'c'], 'y', { transA, transB, alpha: { float: 0.5 }, beta: { float: 2 } })],
          inputs: { a: transA ? [4, 3] : [3, 4], b: transB ? [2, 4] : [4, 2], c: [2] },
          y: [3, 2],
        },
      ]),
    ),
  ),
  Conv: {
    '1×1': conv([2, 4, 5, 6], [4, 3, 1, 1], {}),
    '1×1, every second pixel': conv([2, 4, 3, 3], [4, 3, 1, 1], { strides: [2, 2] }),
    '3×3 with padding': conv([2, 4, 5, 6], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }),
    '3×3 without': conv([2, 4, 3, 4], [4, 3, 3, 3], {}),
    '1×7': conv([2, 4, 5, 6], [4, 3, 1, 7], { pads: [0, 3, 0, 3] }),
    'stride 2, a column left over': conv([2, 4, 2, 2], [4, 3, 3, 3], { strides: [2, 2] }),
    'stride 3, two left over': conv([2, 4, 2, 2], [4, 3, 1, 1], { strides: [3, 3] }, [2, 3, 5, 6]),
    'a kernel smaller than its stride': conv([2, 4, 2, 2], [4, 3, 2, 2], { strides: [3, 3] }, [2, 3, 6, 7]),
    'uneven padding': conv([2, 4, 3, 3], [4, 3, 3, 3], { strides: [2, 2], pads: [0, 1, 2, 1] }),
    'padding by itself': conv([2, 4, 3, 3], [4, 3, 3, 3], { strides: [2, 2], auto_pad: 'SAME_UPPER' }),
    'with gaps': conv([2, 4, 5, 6], [4, 3, 3, 3], { dilations: [2, 2], pads: [2, 2, 2, 2] }),
    'in groups': conv([2, 6, 5, 6], [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }, [2, 4, 5, 6]),
    'channel by channel': conv([2, 3, 3, 3], [3, 1, 3, 3], { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] }),
  },
  MaxPool: {
    'windows that overlap': pool('MaxPool', [2, 3, 2, 2], { kernel_shape: [3, 3], strides: [2, 2] }),
    'with padding': pool('MaxPool', [2, 3, 5, 6], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  },
  AveragePool: {
    'at every pixel': pool('AveragePool', [2, 3, 5, 6], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    'padding counted': pool('AveragePool', [2, 3, 5, 6], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
    }),
    'windows that leap': pool('AveragePool', [2, 3, 2, 3], { kernel_shape: [2, 2], strides: [2, 2] }),
    'windows that leap and overlap': pool('AveragePool', [2, 3, 3, 3], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
    }),
    'the whole image': pool('AveragePool', [2, 3, 1, 1], { kernel_shape: [5, 6] }),
  },
  GlobalAveragePool: { '': pool('GlobalAveragePool', [2, 3, 1, 1], {}) },
  ReduceSum: {
    'two axes': told('ReduceSum', [2, 6], [[1, -2]], { keepdims: 0 }),
    everything: { nodes: [node('ReduceSum', ['x'], 'y', { keepdims: 0 })], inputs: { x: [3, 4] }, y: [] },
  },
  ReduceMean: {
    'two axes': told('ReduceMean', [2, 3, 1, 1], [[2, 3]]),
    'axes as an attribute': {
      nodes: [node('ReduceMean', ['x'], 'y', { axes: [-1], keepdims: 0 })],
      inputs: { x: [3, 4] },
      opset: 17,
      y: [3],
    },
  },
  BatchNormalization: {
    '': {
      nodes: [
        node('BatchNormalization', ['x', 'scale', 'bias', 'mean', 'variance'], 'y', { epsilon: { float: 0.01 } }),
      ],
      inputs: { x: image, scale: [3], bias: [3] },
      constants: [floatTensor('mean', [3], [0.5, 0, -1]), floatTensor('variance', [3], [0.5, 2, 1])],
      y: image,
    },
  },
  LayerNormalization: {
    'one axis': {
      nodes: [node('LayerNormalization', ['x', 'scale', 'bias'], 'y')],
      inputs: { x: [2, 3, 4], scale: [4], bias: [4] },
      y: [2, 3, 4],
    },
    'two axes': {
      nodes: [node('LayerNormalization', ['x', 'scale'], 'y', { axis: 1, epsilon: { float: 0.1 } })],
      inputs: { x: [2, 3, 4], scale: [3, 4] },
      y: [2, 3, 4],
    },
  },
  Reshape: { '': told('Reshape', [6, 30], [[6, -1]]) },
  Flatten: { '': { nodes: [node('Flatten', ['x'], 'y')], inputs: { x: image }, y: [2, 90] } },
  Squeeze: {
    '': {
      nodes: [node('Squeeze', ['x', 'axes'], 'y')],
      inputs: { x: [2, 1, 3, 1] },
      constants: [int64Tensor('axes', [1], [-1])],
      y: [2, 1, 3],
    },
  },
  Unsqueeze: { '': told('Unsqueeze', [2, 1, 3, 5, 6], [[1]]) },
  Transpose: {
    'an order': { nodes: [node('Transpose', ['x'], 'y', { perm: [1, 2, 0] })], inputs: { x: [2, 3, 4] }, y: [3, 4, 2] },
    'by default': { nodes: [node('Transpose', ['x'], 'y')], inputs: { x: [2, 3, 4] }, y: [4, 3, 2] },
  },
  Expand: {
    '': {
      nodes: [node('Expand', ['x', 'shape'], 'y')],
      inputs: { x: [3, 1] },
      constants: [int64Tensor('shape', [3], [2, 1, 4])],
      y: [2, 3, 4],
    },
  },
  Concat: {
    'one of them twice': {
      nodes: [node('Concat', ['a', 'b', 'a'], 'y', { axis: -1 })],
      inputs: { a: [2, 3], b: [2, 1] },
      y: [2, 7],
    },
  },
  Split: {
    'one part read': {
      nodes: [node('Split', ['x', 'sizes'], ['first', 'second'], { axis: 1 }), node('Mul', ['second', 'second'], 'y')],
      inputs: { x: [2, 5] },
      constants: [int64Tensor('sizes', [2], [3, 2])],
      y: [2, 2],
    },
    'two parts': {
      nodes: [
        node('Split', ['x'], ['first', 'second'], { axis: 0, num_outputs: 2 }),
        node('Mul', ['first', 'second'], 'y'),
      ],
      inputs: { x: [4, 3] },
      y: [2, 3],
    },
  },
  Slice: {
    'two axes': told(
      'Slice',
      [2, 3, 2, 3],
      [
        [1, -4],
        [3, -1],
        [2, 3],
      ],
    ),
    'nothing of it': {
      nodes: [node('Slice', ['x', 'start', 'end'], 'part'), node('Concat', ['x', 'part'], 'y', { axis: 0 })],
      inputs: { x: [5] },
      constants: [int64Tensor('start', [1], [5]), int64Tensor('end', [1], [9])],
      y: [5],
    },
    'every second': told(
      'Slice',
      [2, 3, 2, 3],
      [
        [1, 0],
        [4, 99],
        [2, 3],
        [2, 2],
      ],
    ),
  },
  Pad: { 'and crop': told('Pad', [2, 3, 6, 5], [[0, 0, 2, -1, 0, 0, -1, 0]]) },
  Gather: {
    'some twice': told('Gather', [2, 4, 5, 6], [[2, 0, 2, -2]], { axis: 1 }),
    'a single one': {
      nodes: [node('Gather', ['x', 'place'], 'y', { axis: 1 })],
      inputs: { x: [2, 3, 4] },
      constants: [int64Tensor('place', [], [1])],
      y: [2, 4],
    },
  },
}

const cases = Object.entries(pieces).flatMap(([operator, tried]) =>
  Object.entries(tried).map(([name, piece]) => [name === '' ? operator : `${operator}, ${name}`, piece] as const),
)

test.each(cases)('%s has the gradient of finite differences', async (_, piece) => {
  const { float64, float32 } = await gradientErrors(piece)
  expect(float64).toBeLessThan(1e-6)
  expect(float32).toBeLessThan(2e-6)
})

test('every rule is tried', () => {
  expect(Object.keys(pieces).sort()).toEqual(Object.keys(rules).sort())
})
