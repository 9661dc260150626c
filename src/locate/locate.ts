import { NpluskError } from '../core/errors.js'
import type { LoadedModel } from '../onnx/model.js'
import { namedBottleneck } from './bottleneck.js'
import { findHead } from './find-head.js'
import { analyseNetwork } from './network.js'
import { nameOf } from './order.js'
import { dequantiserOf } from './quantised.js'
import { refuseRandom } from './random-operators.js'
import { findLayers } from './layers.js'
import type { HeadLocation, ImageInput } from './types.js'

export { freeBatch } from './free-batch.js'
export { isCalledFeatures } from './refusal.js'
export { headWeights, type HeadWeights } from './weights.js'
export type { Feature, Grid, HeadLocation, ImageInput } from './types.js'

/** An ONNX file holds at most 2 GiB, so a kernel that claims more elements is damaged. */
const maxWeights = 2 ** 31

/** Overrides for what the search would find. */
export interface LocateOptions {
  /** Name, or an output, of the node that computes the class scores. */
  readonly head?: string
  /** Name of the tensor to use as features instead of the input of the head. */
  readonly bottleneck?: string
  /** Order of the image's axes. */
  readonly layout?: ImageInput['layout']
}

/**
 * Finds the classification head of an image classifier, its bottleneck and further layers. Only the structure of the
 * graph counts, not the names in it.
 *
 * @throws NpluskError `BAD_MODEL` where the graph is damaged or has no head, `NOT_FOUND` where it has no node or tensor
 * named in `options`
 */
export function locateHead(model: LoadedModel, options: LocateOptions = {}): HeadLocation {
  const network = analyseNetwork(model, options.layout)
  const { output, tail, bottleneck: read, otherOutputs = [], leftOut } = findHead(network, options.head)
  const bottleneck = options.bottleneck === undefined ? read : namedBottleneck(network, options.bottleneck)
  const { linear, logits, probabilities } = tail
  refuseRandom(network, [logits, bottleneck.tensor])
  const added = tail.affine.find(({ operation, isDynamic }) => operation === 'Add' && !isDynamic)?.constant
  const bias = linear.bias ?? added
  const dequantiseLogits = dequantiserOf(network.index, logits)
  const rank = network.shapes.get(logits)?.length ?? 2
  if (linear.classes * linear.size > maxWeights) {
    throw new NpluskError(
      'BAD_MODEL',
      `Head ${nameOf(linear.node)} claims ${linear.classes} classes of ${linear.size} features, more than a file can hold; fetch the model again.`,
    )
  }
  return {
    input: network.input,
    head: nameOf(linear.node),
    kind: linear.bias === undefined && added !== undefined ? `${linear.kind}+Add` : linear.kind,
    logits,
    ...(dequantiseLogits ? { dequantiseLogits } : {}),
    logitsShape: rank > 2 ? 'spatial' : rank < 2 ? 'squeezed' : 'flat',
    ...(probabilities === undefined ? {} : { probabilities }),
    isMultiLabel: tail.isMultiLabel,
    output,
    otherOutputs,
    ...(leftOut ? { leftOut: { name: nameOf(leftOut), operator: leftOut.opType } } : {}),
    classes: linear.classes,
    bottleneck,
    ...(tail.isSummed
      ? {}
      : {
          weights: {
            kernel: linear.kernel,
            ...(bias === undefined ? {} : { bias }),
            transposed: linear.transposed,
          },
        }),
    ...findLayers(network, bottleneck.tensor),
  }
}
