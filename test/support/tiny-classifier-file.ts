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
