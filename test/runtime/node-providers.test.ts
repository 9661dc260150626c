import { expect, test } from '@jest/globals'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { nodeProviders } from '../../src/runtime/node-providers.js'

test('tells where every node ran', async () => {
  const graph = graphModel({
    name: 'three',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, ['n'])],
    outputs: [valueInfo('y', DataType.FLOAT, ['n'])],
    nodes: [node('Exp', ['x'], 'a'), node('Sin', ['a'], 'b'), node('Cos', ['b'], 'y')],
    initializers: [],
  })
  const providers = await nodeProviders(encodeModel(graph), 'cpu', { x: { dims: [1], data: Float32Array.of(1) } }, [
    'y',
  ])
  expect(Object.fromEntries(providers)).toEqual({
    a: 'CPUExecutionProvider',
    b: 'CPUExecutionProvider',
    y: 'CPUExecutionProvider',
  })
})
