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
 * @throws NpluskError `BAD_MODEL` where there is no such output
 */
export function withCrossEntropy(model: LoadedModel, logits: string): LoadedModel {
  const { graph } = model
  const output = graph.output.find(({ name }) => name === logits)
  if (output === undefined) {
    const names = graph.output.map(({ name }) => `"${name}"`).join(', ')
    throw new NpluskError('BAD_MODEL', `There is no output "${logits}"; the model has ${names}.`)
  }
  return changed(model, {
    graph: changed(graph, {
      node: [
        ...graph.node,
        node('LogSoftmax', [logits], 'loss/logProbability', { axis: 1 }),
        node('Mul', ['loss/logProbability', 'target'], 'loss/own'),
        node('ReduceSum', ['loss/own', 'loss/classes'], 'loss/likelihood', { keepdims: 0 }),
        node('ReduceMean', ['loss/likelihood'], 'loss/mean', { keepdims: 0 }),
        node('Neg', ['loss/mean'], 'loss'),
      ],
      initializer: [...graph.initializer, int64Tensor('loss/classes', [1], [1])],
      input: [...graph.input, valueInfo('target', DataType.FLOAT, shapeOf(output) ?? ['n', 'classes'])],
      output: [...graph.output, valueInfo('loss', DataType.FLOAT, [])],
    }),
  })
}
