import { writeFileSync } from 'node:fs'
import { createRandom } from '../../src/math/random.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'

/** Side of the pictures that the classifier takes, in pixels. */
export const side = 8
const size = 3 * (side / 2) ** 2

/** What a tiny classifier does to its features before its head sees them. */
export interface TinyFeatures {
  /** Divides them by their length, which is 0 for a picture of black pixels alone. @default false */
  readonly normalised?: boolean
  /** Multiplies them. @default 1 */
  readonly factor?: number
}

/** Blocks of the tiny classifier of several layers: channels, and the step of its convolution. */
const blocks = [
  [4, 1],
  [4, 1],
  [4, 1],
  [4, 1],
  [6, 2],
  [6, 1],
  [8, 2],
] as const

/** Writes an ONNX classifier of the same pictures that has layers to choose from: convolutions in a row. */
export function writeLayeredClassifier(path: string, classes: number): void {
  writeConvolutions(path, classes, { width: 1, weightAt: () => 1 })
}

/**
 * Writes one like it that is wider, and sees each pixel by itself, as its kernels have weights at their centre alone:
 * it cannot tell patterns of the same colours, but can learn to.
 */
export function writeBlindClassifier(path: string, classes: number): void {
  writeConvolutions(path, classes, { width: 8, weightAt: (place) => (place === 4 ? 3 : 0) })
}

function writeConvolutions(
  path: string,
  classes: number,
  { width, weightAt }: { readonly width: number; weightAt(place: number): number },
): void {
  const random = createRandom('layered classifier')
  const weights = (name: string, ...dims: number[]) => {
    const length = dims.reduce((a, b) => a * b, 1)
    const spread = 1 / (3 * Math.sqrt(width))
    return floatTensor(
      name,
      dims,
      Float32Array.from({ length }, (_, i) => random.normal() * spread * (dims.length === 4 ? weightAt(i % 9) : 1)),
    )
  }
  let channels = 3
  let from = 'x'
  const layers = blocks.map(([narrow, step], i) => {
    const to = width * narrow
    const initializer = weights(`w${i}`, to, channels, 3, 3)
    const nodes = [
      node('Conv', [from, `w${i}`], `sum${i}`, { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [step, step] }),
      node('Relu', [`sum${i}`], `block${i}`),
    ]
    channels = to
    from = `block${i}`
    return { initializer, nodes }
  })
  const model = graphModel({
    name: 'layered',
    opset: 13,
    inputs: [valueInfo('x', DataType.FLOAT, ['N', 3, side, side])],
    outputs: [valueInfo('scores', DataType.FLOAT, ['N', classes])],
    initializers: [
      ...layers.map(({ initializer }) => initializer),
      weights('w', channels, classes),
      floatTensor('b', [classes], new Float32Array(classes)),
    ],
    nodes: [
      ...layers.flatMap(({ nodes }) => nodes),
      node('GlobalAveragePool', [from], 'pooled'),
      node('Flatten', ['pooled'], 'flat'),
      node('Gemm', ['flat', 'w', 'b'], 'scores'),
    ],
  })
  writeFileSync(path, encodeModel(model))
}

/**
 * Writes an ONNX classifier of pictures of 8 × 8 pixels: its features are the means of 2 × 2 pixels, its head is drawn
 * at random.
 */
export function writeTinyClassifier(
  path: string,
  classes: number,
  { normalised = false, factor = 1 }: TinyFeatures = {},
): void {
  const random = createRandom('tiny classifier')
  const weights = Float32Array.from({ length: size * classes }, () => random.normal())
  const model = graphModel({
    name: 'tiny',
    opset: 13,
    inputs: [valueInfo('x', DataType.FLOAT, ['N', 3, side, side])],
    outputs: [valueInfo('scores', DataType.FLOAT, ['N', classes])],
    initializers: [
      floatTensor('w', [size, classes], weights),
      floatTensor('b', [classes], new Float32Array(classes)),
      ...(factor === 1 ? [] : [floatTensor('factor', [1], [factor])]),
    ],
    nodes: [
      node('AveragePool', ['x'], 'pooled', { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Flatten', ['pooled'], 'flat'),
      ...(normalised
        ? [node('ReduceL2', ['flat'], 'length', { axes: [1], keepdims: 1 }), node('Div', ['flat', 'length'], 'unit')]
        : []),
      ...(factor === 1 ? [] : [node('Mul', [normalised ? 'unit' : 'flat', 'factor'], 'scaled')]),
      node('Gemm', [factor !== 1 ? 'scaled' : normalised ? 'unit' : 'flat', 'w', 'b'], 'scores'),
    ],
  })
  writeFileSync(path, encodeModel(model))
}
