import { graphModel, node, valueInfo } from '../onnx/build.js'
import { encodeModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { openSession, type Provider } from './session.js'

/** Loads a provider and runs one operator on it: a device that is found may still lack code for this card. */
export async function probeProvider(provider: Provider): Promise<void> {
  const graph = graphModel({
    name: 'probe',
    inputs: [valueInfo('x', DataType.FLOAT, [1])],
    outputs: [valueInfo('y', DataType.FLOAT, [1])],
    nodes: [node('Relu', ['x'], 'y')],
    initializers: [],
    opset: 17,
  })
  const session = await openSession(encodeModel(graph), provider)
  try {
    await session.run({ x: { dims: [1], data: Float32Array.of(1) } }, ['y'])
  } finally {
    await session.close()
  }
}
