import { rowGraph } from '../onnx/each-row.js'
import { cloneModel, decodeModel, type LoadedModel } from '../onnx/model.js'
import type { Backbone } from '../features/backbone.js'
import { headWeights, locateHead } from '../locate/locate.js'
import { addedPrefix, tensorNames } from '../backbone/prepare.js'

/**
 * The base model's head: logits = features[last `size`] · kernelᵀ + bias, before any ReLU that follows (SqueezeNet).
 */
export interface BaseHead {
  /** Length of the bottleneck, the last part of the feature layer. */
  readonly size: number
  /** Row-major [N × size]. */
  readonly kernel: Float32Array
  /** [N] */
  readonly bias: Float32Array
}

/**
 * Reads the base head's weights from a backbone's graph; `undefined` if they are not constants, or if the features do
 * not end with the input of the head.
 */
export function baseHead({ graph, classes }: Backbone): BaseHead | undefined {
  const model = cloneModel(rowGraph(decodeModel(graph)))
  // Class scores before a background class is dropped, as flattened by `prepareBackbone`.
  const [logits] = model.graph.output
  model.graph.output = [{ ...logits!, name: `${addedPrefix}logits` }]
  const location = locateHead(model)
  const weights = headWeights(model, location)
  if (weights === undefined || lastFeature(model) !== location.bottleneck.tensor) return undefined
  const size = location.bottleneck.size
  const dropped = location.classes - classes.length
  return { size, kernel: weights.kernel.subarray(dropped * size), bias: weights.bias.subarray(dropped) }
}

/** The tensor of the base graph that the last part of the features comes from. */
function lastFeature({ graph }: LoadedModel): string | undefined {
  const inputOf = (name: string, place: number) =>
    graph.node.find(({ output }) => output.includes(name))?.input.at(place)
  let tensor = inputOf(tensorNames.features, -1)
  while (tensor?.startsWith(addedPrefix)) tensor = inputOf(tensor, 0)
  return tensor
}
