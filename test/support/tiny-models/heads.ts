import type { LoadedModel } from '../../../src/onnx/model.js'
import { floatTensor, DataType } from '../../../src/onnx/tensor.js'
import { GraphBuilder } from './builder.js'

const size = 12
const classes = 7

/** A way to write a head, given a small network's last activations, [batch, 12, 4, 4]. */
interface Head {
  readonly kind: string
  readonly opset?: number
  /** Returns the graph's output; `logitsShape` is [batch, 7] unless said. */
  readonly build: (g: GraphBuilder, image: string) => string
  readonly output?: readonly number[]
  readonly hasProbabilities?: boolean
  readonly isRectified?: boolean
  /** How far logits may lie from kernel · features + bias: more where features are rounded to 8 bits on the way. */
  readonly tolerance?: number
}

const pool = (g: GraphBuilder, x: string): string => g.op('GlobalAveragePool', [x])
const flat = (g: GraphBuilder, x: string): string => g.op('Flatten', [pool(g, x)], { axis: 1 })
const int8s = (g: GraphBuilder, dims: readonly number[]): string =>
  g.constant(
    DataType.INT8,
    dims,
    Int8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => g.random.integer(255) - 127),
  )
const bytes = (g: GraphBuilder, value: number): string => g.constant(DataType.UINT8, [], Uint8Array.of(value))
const scalar = (g: GraphBuilder, value: number): string => g.floats([], [value])
const quantise = (g: GraphBuilder, x: string, scale: string, zeroPoint: string): string =>
  g.op('QuantizeLinear', [x, scale, zeroPoint])
const roundTrip = (g: GraphBuilder, x: string, scale = scalar(g, 0.02), zeroPoint = bytes(g, 0)): string =>
  g.op('DequantizeLinear', [quantise(g, x, scale, zeroPoint), scale, zeroPoint])

/** Every form of head, and of what may stand around it. */
export const heads: Readonly<Record<string, Head>> = {
  'Gemm, kernel as [size, classes]': {
    kind: 'Gemm',
    build: (g, x) => g.op('Gemm', [flat(g, x), g.weights([size, classes]), g.bias(classes)]),
  },
  'Gemm with transB, alpha and beta': {
    kind: 'Gemm',
    build: (g, x) =>
      g.op('Gemm', [flat(g, x), g.weights([classes, size]), g.bias(classes)], {
        transB: 1,
        alpha: { float: 0.5 },
        beta: { float: 2 },
      }),
  },
  'Gemm without bias': {
    kind: 'Gemm',
    build: (g, x) => g.op('Gemm', [flat(g, x), g.weights([size, classes])]),
  },
  'MatMul alone': {
    kind: 'MatMul',
    build: (g, x) => g.op('MatMul', [flat(g, x), g.weights([size, classes])]),
  },
  'MatMul, the bias added from the left': {
    kind: 'MatMul+Add',
    build: (g, x) => g.add(g.bias(classes), g.op('MatMul', [flat(g, x), g.weights([size, classes])])),
  },
  'MatMul by weights transposed in the graph': {
    kind: 'MatMul+Add',
    build: (g, x) =>
      g.add(g.op('MatMul', [flat(g, x), g.transpose(g.weights([classes, size]), [1, 0])]), g.bias(classes)),
  },
  'Gemm by weights from a Constant node, through Identity': {
    kind: 'Gemm',
    build: (g, x) => {
      const values = Float32Array.from({ length: size * classes }, () => g.random.normal())
      const kernel = g.op('Constant', [], {
        value: { tensor: floatTensor('', [classes, size], values) },
      })
      return g.op('Gemm', [flat(g, x), g.op('Identity', [kernel]), g.bias(classes)], { transB: 1 })
    },
  },
  'Gemm by weights kept in half floats': {
    kind: 'Gemm',
    build: (g, x) => {
      const halves = Uint16Array.from({ length: size * classes }, () => 0x3000 + g.random.integer(0x800))
      const kernel = g.op('Cast', [g.constant(DataType.FLOAT16, [classes, size], halves)], { to: DataType.FLOAT })
      return g.op('Gemm', [flat(g, x), kernel, g.bias(classes)], { transB: 1 })
    },
  },
  'logits divided by a temperature': {
    kind: 'Gemm',
    build: (g, x) => g.op('Div', [g.op('Mul', [g.gemm(flat(g, x), size, classes), scalar(g, 3)]), g.bias(classes)]),
  },
  '1x1 Conv after the pooling': {
    kind: 'Conv1x1',
    build: (g, x) => g.conv(pool(g, x), size, classes, 1),
    output: [classes, 1, 1],
  },
  '1x1 Conv after an AveragePool over everything, Squeeze': {
    kind: 'Conv1x1',
    opset: 9,
    build: (g, x) =>
      g.op('Squeeze', [g.conv(g.op('AveragePool', [x], { kernel_shape: [4, 4] }), size, classes, 1)], { axes: [2, 3] }),
  },
  '1x1 Conv after the pooling, Squeeze of all that is 1': {
    kind: 'Conv1x1',
    build: (g, x) => g.op('Squeeze', [g.conv(pool(g, x), size, classes, 1)]),
  },
  '1x1 Conv, ReLU, pooling, Reshape': {
    kind: 'Conv1x1',
    build: (g, x) => g.reshape(pool(g, g.convRelu(x, size, classes, 1)), [-1, classes]),
    isRectified: true,
  },
  '1x1 Conv before ReduceMean': {
    kind: 'Conv1x1',
    opset: 18,
    build: (g, x) =>
      g.op('ReduceMean', [g.conv(x, size, classes, 1), g.ints([2, 3])], {
        keepdims: 0,
      }),
  },
  'MatMul on channels-last features, then the mean': {
    kind: 'MatMul+Add',
    build: (g, x) =>
      g.op('ReduceMean', [g.dense(g.transpose(x, [0, 2, 3, 1]), size, classes)], { axes: [1, 2], keepdims: 0 }),
  },
  'Dropout, Identity, Unsqueeze and Squeeze around': {
    kind: 'Gemm',
    build: (g, x) => {
      const scores = g.op('Identity', [g.gemm(g.op('Identity', [g.op('Dropout', [flat(g, x)])]), size, classes)])
      return g.op('Squeeze', [g.op('Unsqueeze', [g.op('Dropout', [scores]), g.ints([2])]), g.ints([2])])
    },
  },
  'Softmax of opset 7, on [batch, classes, 1, 1]': {
    kind: 'Conv1x1',
    opset: 7,
    build: (g, x) => g.op('Softmax', [pool(g, g.conv(x, size, classes, 1))]),
    output: [classes, 1, 1],
    hasProbabilities: true,
  },
  LogSoftmax: {
    kind: 'Gemm',
    build: (g, x) => g.op('LogSoftmax', [g.gemm(flat(g, x), size, classes)], { axis: 1 }),
  },
  Sigmoid: {
    kind: 'Gemm',
    build: (g, x) => g.op('Sigmoid', [g.gemm(flat(g, x), size, classes)]),
  },
  'Softmax written as Exp, ReduceSum, Div': {
    kind: 'Gemm',
    opset: 11,
    build: (g, x) => {
      const powers = g.op('Exp', [g.gemm(flat(g, x), size, classes)])
      return g.op('Div', [powers, g.op('ReduceSum', [powers], { axes: [1] })])
    },
    hasProbabilities: true,
  },
  'Softmax written out, the maximum taken off': {
    kind: 'MatMul+Add',
    opset: 11,
    build: (g, x) => {
      const scores = g.dense(flat(g, x), size, classes)
      const powers = g.op('Exp', [g.op('Sub', [scores, g.op('ReduceMax', [scores], { axes: [1] })])])
      return g.op('Identity', [g.op('Div', [powers, g.op('ReduceSum', [powers], { axes: [1] })])])
    },
    hasProbabilities: true,
  },
  'Softmax, then a Reshape': {
    kind: 'Conv1x1',
    build: (g, x) => g.reshape(g.op('Softmax', [g.conv(pool(g, x), size, classes, 1)], { axis: 1 }), [-1, classes]),
    hasProbabilities: true,
  },
  'QDQ Gemm, a scale for each class': {
    kind: 'QDQ Gemm',
    build: (g, x) => {
      const scale = g.floats(
        [classes],
        Array.from({ length: classes }, () => 0.001 + 0.01 * g.random.next()),
      )
      const zeroPoint = g.constant(DataType.INT8, [classes], new Int8Array(classes))
      const kernel = g.op('DequantizeLinear', [int8s(g, [classes, size]), scale, zeroPoint], { axis: 0 })
      return g.op('Gemm', [roundTrip(g, flat(g, x)), kernel, g.bias(classes)], {
        transB: 1,
      })
    },
  },
  'QDQ MatMul, one scale, quantised logits': {
    kind: 'QDQ MatMul+Add',
    build: (g, x) => {
      const kernel = g.op('DequantizeLinear', [int8s(g, [size, classes]), scalar(g, 0.01)])
      const scores = g.add(g.op('MatMul', [roundTrip(g, flat(g, x)), kernel]), g.bias(classes))
      return roundTrip(g, scores, scalar(g, 0.05), bytes(g, 128))
    },
    tolerance: 0.03,
  },
  'QDQ 1x1 Conv with a bias in 32-bit steps': {
    kind: 'QDQ Conv1x1',
    build: (g, x) => {
      const kernel = g.op('DequantizeLinear', [int8s(g, [classes, size, 1, 1]), scalar(g, 0.01)])
      const bias = g.constant(
        DataType.INT32,
        [classes],
        Int32Array.from({ length: classes }, () => g.random.integer(2000) - 1000),
      )
      const read = g.op('DequantizeLinear', [bias, scalar(g, 0.0002)])
      return g.op('Conv', [roundTrip(g, pool(g, x)), kernel, read], {
        kernel_shape: [1, 1],
      })
    },
    output: [classes, 1, 1],
  },
  QLinearMatMul: {
    kind: 'QLinearMatMul',
    build: (g, x) => {
      const [scale, zeroPoint] = [scalar(g, 0.02), bytes(g, 3)]
      const [outScale, outZero] = [scalar(g, 0.05), bytes(g, 128)]
      const kernel = [int8s(g, [size, classes]), scalar(g, 0.01), g.constant(DataType.INT8, [], Int8Array.of(2))]
      const scores = g.op('QLinearMatMul', [
        quantise(g, flat(g, x), scale, zeroPoint),
        scale,
        zeroPoint,
        ...kernel,
        outScale,
        outZero,
      ])
      return g.op('DequantizeLinear', [scores, outScale, outZero])
    },
    tolerance: 0.03,
  },
  'QDQ MatMul, the kernel quantised in the graph': {
    kind: 'QDQ MatMul+Add',
    build: (g, x) => {
      const [scale, zeroPoint] = [scalar(g, 0.01), g.constant(DataType.INT8, [], Int8Array.of(0))]
      const kernel = quantise(g, g.reshape(g.weights([classes * size], size), [size, classes]), scale, zeroPoint)
      return g.add(
        g.op('MatMul', [roundTrip(g, flat(g, x)), g.op('DequantizeLinear', [kernel, scale, zeroPoint])]),
        g.bias(classes),
      )
    },
    tolerance: 0.03,
  },
  'QLinearMatMul, a bias of 8 bits added': {
    kind: 'QLinearMatMul+Add',
    build: (g, x) => {
      const [scale, zeroPoint] = [scalar(g, 0.02), bytes(g, 3)]
      const [midScale, midZero] = [scalar(g, 0.08), bytes(g, 128)]
      const [outScale, outZero] = [scalar(g, 0.1), bytes(g, 120)]
      const features = [quantise(g, flat(g, x), scale, zeroPoint), scale, zeroPoint]
      const kernel = [int8s(g, [size, classes]), scalar(g, 0.01), g.constant(DataType.INT8, [], Int8Array.of(2))]
      const scores = g.op('QLinearMatMul', [...features, ...kernel, midScale, midZero])
      const bias = g.constant(
        DataType.UINT8,
        [classes],
        Uint8Array.from({ length: classes }, () => g.random.integer(256)),
      )
      const added = [scores, midScale, midZero, bias, scalar(g, 0.01), bytes(g, 100), outScale, outZero]
      return g.op('DequantizeLinear', [g.op('QLinearAdd', added), outScale, outZero])
    },
    tolerance: 0.1,
  },
  QLinearConv: {
    kind: 'QLinearConv1x1',
    build: (g, x) => {
      const [scale, zeroPoint] = [scalar(g, 0.02), bytes(g, 0)]
      const [outScale, outZero] = [scalar(g, 0.05), bytes(g, 128)]
      const bias = g.constant(
        DataType.INT32,
        [classes],
        Int32Array.from({ length: classes }, () => g.random.integer(2000) - 1000),
      )
      const kernel = [int8s(g, [classes, size, 1, 1]), scalar(g, 0.01), g.constant(DataType.INT8, [], Int8Array.of(0))]
      const features = quantise(g, pool(g, x), scale, zeroPoint)
      const scores = g.op('QLinearConv', [features, scale, zeroPoint, ...kernel, outScale, outZero, bias], {
        kernel_shape: [1, 1],
      })
      return g.op('Flatten', [g.op('DequantizeLinear', [scores, outScale, outZero])])
    },
    tolerance: 0.03,
  },
  'QGemm of ONNX Runtime, float scores': {
    kind: 'QGemm',
    build: (g, x) => {
      const [scale, zeroPoint] = [scalar(g, 0.02), bytes(g, 0)]
      const bias = g.constant(
        DataType.INT32,
        [classes],
        Int32Array.from({ length: classes }, () => g.random.integer(2000) - 1000),
      )
      const kernel = [int8s(g, [classes, size]), scalar(g, 0.01), g.constant(DataType.INT8, [], Int8Array.of(0))]
      return g.op('QGemm', [quantise(g, flat(g, x), scale, zeroPoint), scale, zeroPoint, ...kernel, bias], {
        transB: 1,
      })
    },
  },
  'MatMulInteger on features quantised on the fly': {
    kind: 'MatMulInteger+Add',
    build: (g, x) => {
      const [features, scale, zeroPoint] = g.ops('DynamicQuantizeLinear', [flat(g, x)], {}, 3)
      const product = g.op('MatMulInteger', [
        features!,
        int8s(g, [size, classes]),
        zeroPoint!,
        g.constant(DataType.INT8, [], Int8Array.of(0)),
      ])
      const scores = g.op('Mul', [
        g.op('Cast', [product], { to: DataType.FLOAT }),
        g.op('Mul', [scale!, scalar(g, 0.01)]),
      ])
      return g.add(scores, g.bias(classes))
    },
    tolerance: 0.1,
  },
  'half floats, cast on the way in and out': {
    kind: 'Gemm',
    build: (g, x) => {
      const halves = (dims: readonly number[]): string =>
        g.constant(
          DataType.FLOAT16,
          dims,
          Uint16Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 0x2c00 + g.random.integer(0x800)),
        )
      const scores = g.op('Gemm', [
        g.op('Cast', [flat(g, x)], { to: DataType.FLOAT16 }),
        halves([size, classes]),
        halves([classes]),
      ])
      return g.op('Cast', [scores], { to: DataType.FLOAT })
    },
    tolerance: 0.01,
  },
}

/** The small network with one of the heads. */
export function headModel(name: string): {
  model: LoadedModel
  head: Head
  classes: number
  size: number
} {
  const head = heads[name]!
  const g = new GraphBuilder(head.opset ?? 13, name)
  const image = g.convRelu(g.convRelu('x', 3, 8, 3, { stride: 2 }), 8, size, 3)
  const output = head.build(g, image)
  const model = g.model(['N', 3, 8, 8], [[output, ['N', ...(head.output ?? [classes])]]])
  return { model, head, classes, size }
}
