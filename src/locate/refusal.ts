import { NpluskError } from '../core/errors.js'
import type { Remedy } from '../core/remedies.js'
import type { Shape } from '../onnx/infer-shapes.js'
import { shapeOf } from '../onnx/graph.js'
import type { NodeProto, ValueInfoProto } from '../onnx/model.js'
import type { Network } from './network.js'
import type { Miss } from './tail.js'

/** An output with at least this many rows per image holds boxes, not the tokens of a transformer. */
const manyRows = 1000

const namesOfBoxes = /box|num_detections|detection_/i
const reshaping = /^(Flatten|Squeeze|Unsqueeze|Reshape|Identity|Cast|Dropout)$/
const suppression = /NonMaxSuppression|NMS/
/** Names that exporters give to feature outputs. */
const namesOfFeatures = /embed|feature|hidden_state|pooler|latent|encod|descriptor/i

/** Whether the name of an output suggests features rather than scores, as encoders return. */
export function isCalledFeatures(output: string): boolean {
  return namesOfFeatures.test(output)
}

/**
 * The error for a graph without a classification head: what the model seems to be instead, and what to do.
 *
 * @param misses why the search failed, for each output
 * @param candidate a node that the option `head` could name, where there is one
 */
export function noHead(network: Network, misses: readonly Miss[], candidate: string | undefined): NpluskError {
  const reasons = misses.map(({ output, reason }) => `before output ${output}, ${reason}`)
  const shown = reasons.length === 0 ? 'the graph has no outputs' : reasons.slice(0, 3).join('; ')
  const { message, remedy } = refusalOf(network, misses, candidate, shown)
  return new NpluskError('BAD_MODEL', message, { data: { misses }, remedy })
}

function refusalOf(
  network: Network,
  misses: readonly Miss[],
  candidate: string | undefined,
  reasons: string,
): { readonly message: string; readonly remedy?: Remedy } {
  const { graph } = network.model
  const outputs = graph.output.map(({ name }) => ({ name, shape: network.shapes.get(name) }))
  const only = 'only classifiers, which score the classes of a whole picture, can be extended'
  if (isDetector(network, outputs)) {
    return { message: `The model is an object detector (${reasons}), and ${only}; give one of those.` }
  }
  if (graph.output.length > 0 && graph.output.every((output) => isMap(network, output))) {
    const message = `The model gives a map of the picture, as for segmentation (${reasons}), and ${only}; give one of those.`
    return { message }
  }
  const numbers = outputs.filter(
    ({ name }) => !/^(ArgMax|TopK|LabelEncoder)$/.test(lastStep(network, name)?.opType ?? ''),
  )
  const isSingle = misses.some((miss) => miss.isSingle) || numbers.some(({ shape }) => perPicture(shape) === 1)
  if (isSingle || isYesAndNo(network)) {
    const message = `The model gives one value for each picture, as regressors and yes-or-no models do (${reasons}); export it with a score for each class, two for yes and no.`
    return { message }
  }
  const encodes = graph.output.every(({ name }) => isCalledFeatures(name) || endsInFeatures(network, name))
  if (candidate !== undefined && !encodes) {
    return { message: `No classification head was found: ${reasons}.`, remedy: { kind: 'name-head', candidate } }
  }
  if (encodes) {
    const message = `The model gives features and no class scores: ${reasons}; it is an encoder: give a classifier, which ends in a layer of class scores.`
    return { message }
  }
  return { message: `No layer of class scores was found: ${reasons}; ${only}: give one of those.` }
}

/** Whether an output concatenates p and 1 − p: the two columns of a yes-or-no model. */
function isYesAndNo({ index, shapes, model }: Network): boolean {
  return model.graph.output.some(({ name }) => {
    const joined = index.producer.get(name)
    if (joined?.opType !== 'Concat' || joined.input.length !== 2) return false
    const [no, yes] = joined.input.map((input) => index.producer.get(input))
    const derived = no?.input.includes(joined.input[1]!) || yes?.input.includes(joined.input[0]!)
    return derived === true && joined.input.every((input) => perPicture(shapes.get(input)) === 1)
  })
}

function isDetector({ order }: Network, outputs: readonly { name: string; shape: Shape | undefined }[]): boolean {
  return (
    order.some(({ opType }) => suppression.test(opType)) ||
    outputs.some(({ name }) => namesOfBoxes.test(name)) ||
    outputs.some(({ shape }) => shape?.length === 3 && (shape[2] === 4 || Math.max(...shape.slice(1)) >= manyRows))
  )
}

/**
 * Whether an output ends in operators typical of features: average, normalisation, ReLU. A softmax, which divides too,
 * has already been followed.
 */
function endsInFeatures(network: Network, output: string): boolean {
  const last = lastStep(network, output)
  // Features are divided by their norm; a division by a constant only averages or rescales scores.
  if (last?.opType === 'Div') return last.input.every((name) => network.fromImage.has(name))
  return last !== undefined && /Normalization$|Pool$|^(ReduceMean|Relu|Clip)$/.test(last.opType)
}

/** The node that computes an output, ignoring changes of shape or type. */
function lastStep({ index }: Network, output: string): NodeProto | undefined {
  let node = index.producer.get(output)
  for (let steps = 0; node && steps < 16 && reshaping.test(node.opType); steps++)
    node = index.producer.get(node.input[0] ?? '')
  return node
}

/** Whether an output is a map, [batch, channels, height, width]; a free size counts as larger than 1. */
export function isMap({ shapes }: Network, output: ValueInfoProto): boolean {
  const shape = shapes.get(output.name) ?? shapeOf(output)
  return shape?.length === 4 && shape.slice(1).filter((dim) => dim !== 1).length > 1
}

function perPicture(shape: Shape | undefined): number | undefined {
  return shape && shape.length > 0 ? shape.slice(1).reduce((product, dim) => product * dim, 1) : undefined
}
