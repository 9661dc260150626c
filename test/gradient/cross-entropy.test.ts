import { expect, test } from '@jest/globals'
import { withCrossEntropy } from '../../src/gradient/cross-entropy.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import type { LoadedModel } from '../../src/onnx/model.js'
import { renameTensors } from '../../src/onnx/rename.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'

/** A classifier of an input `x`, a constant `w`, a tensor `inner` and an output `logits`. */
function classifier(): LoadedModel {
  return graphModel({
    name: 'classifier',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, ['n', 3])],
    outputs: [valueInfo('logits', DataType.FLOAT, ['n', 2])],
    nodes: [node('MatMul', ['x', 'w'], 'inner'), node('Relu', ['inner'], 'logits')],
    initializers: [floatTensor('w', [3, 2], [1, 2, 3, 4, 5, 6])],
  })
}

test('adds an input and an output', () => {
  const { graph } = withCrossEntropy(classifier(), 'logits')
  expect(graph.input.map(({ name }) => name)).toEqual(['x', 'target'])
  expect(graph.output.map(({ name }) => name)).toEqual(['logits', 'loss'])
})

test.each([
  ['an input', 'x', 'target'],
  ['an input', 'x', 'loss'],
  ['a constant', 'w', 'loss/classes'],
  ['a constant', 'w', 'target'],
  ['a tensor', 'inner', 'loss/mean'],
  ['a tensor', 'inner', 'loss'],
])('refuses %s with a name that the loss adds: %s as %s', (_, name, taken) => {
  const model = classifier()
  renameTensors(model.graph, new Map([[name, taken]]))
  expect(() => withCrossEntropy(model, 'logits')).toThrow(
    expect.objectContaining({
      code: 'BAD_MODEL',
      message: `The model has a tensor "${taken}" already; rename it, as the loss adds one.`,
    }),
  )
})
