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

test('what a subgraph alone reads stays', () => {
  const branch = graphModel({
    name: 'branch',
    opset: 17,
    initializers: [],
    inputs: [],
    outputs: [valueInfo('inner', DataType.FLOAT, [1])],
    nodes: [node('Identity', ['a'], 'inner')],
  })
  const { graph } = graphModel({
    name: 'branches',
    opset: 17,
    initializers: [],
    inputs: [valueInfo('x', DataType.FLOAT, [1]), valueInfo('is', DataType.BOOL, [])],
    outputs: [valueInfo('y', DataType.FLOAT, [1])],
    nodes: [
      node('Relu', ['x'], 'a'),
      node('Relu', ['x'], 'b'),
      node('If', ['is'], 'y', { then_branch: { graph: branch.graph }, else_branch: { graph: branch.graph } }),
    ],
  })
  prune(graph, () => true)
  expect(graph.node.map(({ output }) => output[0])).toEqual(['a', 'y'])
})
