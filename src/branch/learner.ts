import { node, valueInfo } from '../onnx/build.js'
import { changed, type LoadedModel } from '../onnx/model.js'
import { DataType, floatTensor } from '../onnx/tensor.js'
import { branchFeatures, branchPrefix } from './branch-graph.js'
import type { Cut } from './cut.js'

/** Names of what a learner adds to a branch. */
export const learnerNames = {
  weight: `${branchPrefix}head/weight`,
  bias: `${branchPrefix}head/bias`,
  /** Input [batch, 1]: E_o of each image. */
  oldLogSumExp: `${branchPrefix}head/oldLogSumExp`,
  /** Input [batch, 1 + k]: what each image weighs, at its class; the old classes are one, the first. */
  target: `${branchPrefix}head/target`,
  /** Output [batch, k]: the logits of the new classes. */
  logits: `${branchPrefix}head/logits`,
  /** Output, one number. */
  loss: `${branchPrefix}head/loss`,
} as const

/** The shapes of a learner's inputs, for so many images at once. */
export function learnerShapes(
  cut: Pick<Cut, 'tensor' | 'shape'>,
  images: number,
  classes: number,
): Record<string, number[]> {
  return {
    [cut.tensor]: [images, ...cut.shape],
    [learnerNames.oldLogSumExp]: [images, 1],
    [learnerNames.target]: [images, 1 + classes],
  }
}

/** Mean and inverse deviation of each of a branch's features before training. */
export interface Scaling {
  readonly mean: Float32Array
  readonly inverseDeviation: Float32Array
}

/**
 * A branch with a linear head of zeros on its scaled features, and the loss of the joint softmax with the frozen old
 * logits (docs/method.md): the sum of −w · log p of the right column, over the images.
 *
 * @param classes k
 */
export function learnerOf(branch: LoadedModel, classes: number, { mean, inverseDeviation }: Scaling): LoadedModel {
  const { graph } = branch
  const dim = mean.length
  const { weight, bias, oldLogSumExp, target, logits, loss } = learnerNames
  const name = (what: string) => `${branchPrefix}head/${what}`
  return changed(branch, {
    graph: changed(graph, {
      node: [
        ...graph.node,
        node('Sub', [branchFeatures, name('mean')], name('centred')),
        node('Mul', [name('centred'), name('inverseDeviation')], name('scaled')),
        node('Gemm', [name('scaled'), weight, bias], logits),
        node('Concat', [oldLogSumExp, logits], name('all'), { axis: 1 }),
        node('LogSoftmax', [name('all')], name('logProbability'), { axis: 1 }),
        node('Mul', [name('logProbability'), target], name('weighted')),
        node('ReduceSum', [name('weighted')], name('likelihood'), { keepdims: 0 }),
        node('Neg', [name('likelihood')], loss),
      ],
      initializer: [
        ...graph.initializer,
        floatTensor(name('mean'), [dim], mean),
        floatTensor(name('inverseDeviation'), [dim], inverseDeviation),
        floatTensor(weight, [dim, classes], new Float32Array(dim * classes)),
        floatTensor(bias, [classes], new Float32Array(classes)),
      ],
      input: [
        ...graph.input,
        valueInfo(oldLogSumExp, DataType.FLOAT, ['batch', 1]),
        valueInfo(target, DataType.FLOAT, ['batch', 1 + classes]),
      ],
      output: [
        ...graph.output,
        valueInfo(logits, DataType.FLOAT, ['batch', classes]),
        valueInfo(loss, DataType.FLOAT, []),
      ],
    }),
  })
}

/** The head as a linear one of the branch's features as they are. */
export function headOnFeatures(
  weight: Float32Array,
  bias: Float32Array,
  { mean, inverseDeviation }: Scaling,
): { readonly weight: Float32Array; readonly bias: Float32Array } {
  const classes = bias.length
  const own = weight.map((value, i) => value * inverseDeviation[Math.floor(i / classes)]!)
  const shift = new Float64Array(bias)
  own.forEach((value, i) => (shift[i % classes]! -= value * mean[Math.floor(i / classes)]!))
  return { weight: own, bias: Float32Array.from(shift) }
}
