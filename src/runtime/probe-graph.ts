import { graphModel, node, valueInfo } from '../onnx/build.js'
import { encodeModel } from '../onnx/model.js'
import { DataType, floatTensor } from '../onnx/tensor.js'

/** A graph of one convolution, `x` to `y`, both [1, 1, 1, 1], which every working provider can run. */
export function probeGraph(): Uint8Array {
  return encodeModel(
    graphModel({
      name: 'probe',
      inputs: [valueInfo('x', DataType.FLOAT, [1, 1, 1, 1])],
      outputs: [valueInfo('y', DataType.FLOAT, [1, 1, 1, 1])],
      nodes: [node('Conv', ['x', 'w'], 'y')],
      initializers: [floatTensor('w', [1, 1, 1, 1], [2])],
      opset: 17,
    }),
  )
}
