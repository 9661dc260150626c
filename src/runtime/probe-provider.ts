import { graphModel, node, valueInfo } from '../onnx/build.js'
import { encodeModel } from '../onnx/model.js'
import { DataType, floatTensor } from '../onnx/tensor.js'
import { openSession, type Provider } from './session.js'

/**
 * Loads a provider and runs one convolution on it: a device that is found may still lack code for this card, and cuDNN is
 * not loaded before it is needed.
 */
export async function probeProvider(provider: Provider): Promise<void> {
  const graph = graphModel({
    name: 'probe',
    inputs: [valueInfo('x', DataType.FLOAT, [1, 1, 1, 1])],
    outputs: [valueInfo('y', DataType.FLOAT, [1, 1, 1, 1])],
    nodes: [node('Conv', ['x', 'w'], 'y')],
    initializers: [floatTensor('w', [1, 1, 1, 1], [2])],
    opset: 17,
  })
  const session = await openSession(encodeModel(graph), provider)
  try {
    await session.run({ x: { dims: [1, 1, 1, 1], data: Float32Array.of(1) } }, ['y'])
  } finally {
    await session.close()
  }
}
