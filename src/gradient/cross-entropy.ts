import { NpluskError } from '../core/errors.js'
import { node, valueInfo } from '../onnx/build.js'
import { shapeOf } from '../onnx/graph.js'
import { changed, type LoadedModel } from '../onnx/model.js'
import { DataType, int64Tensor } from '../onnx/tensor.js'

/**
 * Adds the loss that classifiers are trained by, the mean of −log softmax(logits) at the right class: an input `target`
 * [n, classes] of float32, a row for each image with a 1 at its class, and an output `loss` of one element.
 *
 * @param logits an output [n, classes], before any softmax
 * @throws NpluskError `BAD_MODEL` where there is no such output, or a tensor has a name that is added: `target`, `loss`
 *   or one of `loss/…`
 */
export function withCrossEntropy(model: LoadedModel, logits: string): LoadedModel {
  const { graph } = model
  const output = graph.output.find(({ name }) => name === logits)
  if (output === undefined) {
    const names = graph.output.map(({ name }) => `"${name}"`).join(', ')
    throw new NpluskError('BAD_MODEL', `There is no output "${logits}"; the model has ${names}.`)
  }
  const nodes = [
    node('LogSoftmax', [logits], 'loss/logProbability', { axis: 1 }),
    node('Mul', ['loss/logProbability', 'target'], 'loss/own'),
    node('ReduceSum', ['loss/own', 'loss/classes'], 'loss/likelihood', { keepdims: 0 }),
    node('ReduceMean', ['loss/likelihood'], 'loss/mean', { keepdims: 0 }),
    node('Neg', ['loss/mean'], 'loss'),
  ]
  const given = [...graph.input, ...graph.initializer].map(({ name }) => name)
  const names = new Set([...given, ...graph.node.flatMap((one) => one.output)])
  const taken = ['target', 'loss/classes', ...nodes.flatMap((one) => one.output)].find((name) => names.has(name))
  if (taken !== undefined) {
    throw new NpluskError('BAD_MODEL', `The model has a tensor "${taken}" already; rename it, as the loss adds one.`)
  }
  return changed(model, {
    graph: changed(graph, {
      node: [...graph.node, ...nodes],
      initializer: [...graph.initializer, int64Tensor('loss/classes', [1], [1])],
      input: [...graph.input, valueInfo('target', DataType.FLOAT, shapeOf(output) ?? ['n', 'classes'])],
      output: [...graph.output, valueInfo('loss', DataType.FLOAT, [])],
    }),
  })
}
