import type { LoadedModel } from '../../../src/onnx/model.js'
import { DataType } from '../../../src/onnx/tensor.js'
import { GraphBuilder } from './builder.js'

const classes = 7

function int8s(g: GraphBuilder, dims: readonly number[]): string {
  const count = dims.reduce((product, dim) => product * dim, 1)
  return g.constant(
    DataType.INT8,
    dims,
    Int8Array.from({ length: count }, () => g.random.integer(255) - 127),
  )
}

const bytes = (g: GraphBuilder, value: number): string => g.constant(DataType.UINT8, [], Uint8Array.of(value))
const scalar = (g: GraphBuilder, value: number): string => g.floats([], [value])

/** A convolution as `quantize_dynamic` writes it: the range of its input is taken when it runs. */
function dynamicConv(g: GraphBuilder, x: string, from: number, to: number, kernel: number): string {
  const pad = (kernel - 1) >> 1
  const [quantised, scale, zero] = g.ops('DynamicQuantizeLinear', [x], {}, 3) as [string, string, string]
  const weights = int8s(g, [to, from, kernel, kernel])
  const sums = g.op('ConvInteger', [quantised, weights, zero], {
    kernel_shape: [kernel, kernel],
    pads: [pad, pad, pad, pad],
  })
  const step = g.op('Mul', [scale, scalar(g, 1 / (127 * Math.sqrt(from * kernel * kernel)))])
  const scaled = g.op('Mul', [g.op('Cast', [sums], { to: DataType.FLOAT }), step])
  return g.add(scaled, g.reshape(g.bias(to), [1, to, 1, 1]))
}

/** Two convolutions with a residual block and a Gemm, all quantised dynamically; input [N, 3, 8, 8]. */
export function dynamicallyQuantised(batch: number | string = 'N'): LoadedModel {
  const g = new GraphBuilder(13, 'dynamic')
  const first = g.relu(dynamicConv(g, 'x', 3, 8, 3))
  const block = g.relu(g.add(first, dynamicConv(g, first, 8, 8, 3)))
  const deep = g.relu(dynamicConv(g, block, 8, 12, 3))
  const features = g.op('Flatten', [g.op('GlobalAveragePool', [deep])])
  const [quantised, scale, zero] = g.ops('DynamicQuantizeLinear', [features], {}, 3) as [string, string, string]
  const sums = g.op('MatMulInteger', [quantised, int8s(g, [12, classes]), zero])
  const scaled = g.op('Mul', [
    g.op('Cast', [sums], { to: DataType.FLOAT }),
    g.op('Mul', [
      scale,
      g.floats(
        [classes],
        Array.from({ length: classes }, () => 0.01 + 0.01 * g.random.next()),
      ),
    ]),
  ])
  return g.model([batch, 3, 8, 8], [[g.add(scaled, g.bias(classes)), [batch, classes]]])
}

/**
 * A network whose operators all compute in 8-bit integers, as static quantisation in ONNX Runtime's QOperator format
 * writes it.
 */
export function qOperator(): LoadedModel {
  const g = new GraphBuilder(13, 'qoperator')
  const [inScale, inZero] = [scalar(g, 0.02), bytes(g, 128)]
  const conv = (x: string, scale: string, zero: string, from: number, to: number, outScale: string, outZero: string) =>
    g.op(
      'QLinearConv',
      [
        x,
        scale,
        zero,
        int8s(g, [to, from, 3, 3]),
        scalar(g, 0.01 / Math.sqrt(from)),
        g.constant(DataType.INT8, [], Int8Array.of(0)),
        outScale,
        outZero,
      ],
      { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
    )
  const [s1, z1] = [scalar(g, 0.03), bytes(g, 0)]
  const [s2, z2] = [scalar(g, 0.05), bytes(g, 110)]
  const [s3, z3] = [scalar(g, 0.06), bytes(g, 40)]
  const quantised = g.op('QuantizeLinear', ['x', inScale, inZero])
  const first = g.op('MaxPool', [conv(quantised, inScale, inZero, 3, 8, s1, z1)], {
    kernel_shape: [2, 2],
    strides: [2, 2],
  })
  const inner = conv(first, s1, z1, 8, 8, s2, z2)
  const block = g.op('QLinearAdd', [first, s1, z1, inner, s2, z2, s3, z3])
  const deep = conv(block, s3, z3, 8, 12, s1, z1)
  const pooled = g.op('QLinearGlobalAveragePool', [deep, s1, z1, s2, z1], { channels_last: 0 })
  const flat = g.op('Flatten', [pooled])
  const [outScale, outZero] = [scalar(g, 0.1), bytes(g, 128)]
  const head = g.op(
    'QGemm',
    [
      flat,
      s2,
      z1,
      int8s(g, [classes, 12]),
      scalar(g, 0.02),
      g.constant(DataType.INT8, [], Int8Array.of(0)),
      g.constant(DataType.INT32, [classes], new Int32Array(classes)),
      outScale,
      outZero,
    ],
    { transB: 1 },
  )
  return g.model(['N', 3, 8, 8], [[g.op('DequantizeLinear', [head, outScale, outZero]), ['N', classes]]])
}
