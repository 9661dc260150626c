import { expect, test } from '@jest/globals'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { prune } from '../../src/onnx/prune.js'
import { DataType } from '../../src/onnx/tensor.js'

test('nodes go whose outputs nothing needs, and those that only they needed, if they may', () => {
  const { graph } = graphModel({
    name: 'chain',
    opset: 17,
    initializers: [],
    inputs: [valueInfo('x', DataType.FLOAT, [1])],
    outputs: [valueInfo('y', DataType.FLOAT, [1])],
    nodes: [
      node('Relu', ['x'], 'ours/a'),
      node('Relu', ['ours/a'], 'ours/b'),
      node('Relu', ['ours/b'], 'ours/c'),
      node('Relu', ['ours/a'], 'y'),
      node('Relu', ['x'], 'theirs'),
    ],
  })
  prune(graph, (tensor) => tensor.startsWith('ours/'))
  expect(graph.node.map(({ output }) => output[0])).toEqual(['ours/a', 'y', 'theirs'])
})
