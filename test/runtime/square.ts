import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType, int64Tensor } from '../../src/onnx/tensor.js'

/** y = x + x, and s, the sum of a [n, m] matrix times itself, a run of adjustable length. */
export function graph(): Uint8Array {
  return encodeModel(
    graphModel({
      name: 'work',
      opset: 17,
      inputs: [valueInfo('x', DataType.FLOAT, ['n', 'n'])],
      outputs: [valueInfo('y', DataType.FLOAT, ['n', 'n']), valueInfo('s', DataType.FLOAT, ['n'])],
      nodes: [
        node('Add', ['x', 'x'], 'y'),
        node('MatMul', ['x', 'x'], 'square'),
        node('ReduceSum', ['square', 'axis'], 's', { keepdims: 0 }),
      ],
      initializers: [int64Tensor('axis', [1], [1])],
    }),
  )
}

export const matrix = (n: number, value: number) => ({ dims: [n, n], data: new Float32Array(n * n).fill(value) })
