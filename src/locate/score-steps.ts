import { floatAttribute, intAttribute } from '../onnx/graph.js'
import type { NodeProto } from '../onnx/model.js'
import { scalarOf, type Network } from './network.js'

const normalising = new Set(['Softmax', 'LogSoftmax', 'Sigmoid', 'QLinearSoftmax', 'QLinearSigmoid'])
const maxRescaling = 4
const pooling = /^(Global)?AveragePool$|^ReduceMean$|^QLinear(Global)?AveragePool$/
const passing =
  /^(ZipMap|Flatten|Reshape|Squeeze|Unsqueeze|Transpose|Dropout|Identity|Cast|CastLike|(Q|Deq)uantizeLinear)$/

/** Whether a node only moves or copies scores, or changes their type. */
export function passesScores({ opType }: NodeProto): boolean {
  return passing.test(opType)
}

/**
 * The scores that a softmax or sigmoid reads; a softmax may be one node, or Exp / ReduceSum(Exp) with or without
 * subtracting the maximum.
 */
export function softmaxInput({ index }: Network, node: NodeProto): string | undefined {
  if (normalising.has(node.opType)) return node.input[0]
  if (node.opType !== 'Div') return undefined
  const exponential = index.producer.get(node.input[0] ?? '')
  const sum = index.producer.get(node.input[1] ?? '')
  if (exponential?.opType !== 'Exp' || sum?.opType !== 'ReduceSum' || sum.input[0] !== exponential.output[0])
    return undefined
  const shifted = index.producer.get(exponential.input[0] ?? '')
  const maximum = index.producer.get(shifted?.input[1] ?? '')
  const subtractsMaximum =
    shifted?.opType === 'Sub' && maximum?.opType === 'ReduceMax' && maximum.input[0] === shifted.input[0]
  return subtractsMaximum ? shifted.input[0] : exponential.input[0]
}

/**
 * The output of a softmax that a node only rescales or clamps (per cent, a floor for logarithms); `undefined` where
 * there is none.
 */
export function rescaledSoftmax(network: Network, node: NodeProto): string | undefined {
  let at: NodeProto | undefined = node
  for (let steps = 0; at && steps < maxRescaling; steps++) {
    const side = /^(Mul|Div)$/.test(at.opType) ? scoreSide(network, at) : 0
    if (side === undefined || !/^(Mul|Div|Clip)$/.test(at.opType)) return undefined
    const before: string = at.input[side]!
    at = network.index.producer.get(before)
    if (at && softmaxInput(network, at) !== undefined) return before
  }
  return undefined
}

/** A ReLU, also as a Clip without an upper bound; one with a bound (ReLU6) ends a feature layer, not a head. */
export function isRectifier({ index }: Network, node: NodeProto): boolean {
  if (node.opType !== 'Clip') return node.opType === 'Relu'
  const limit = node.input[2] ? scalarOf(index, node.input[2]) : floatAttribute(node, 'max', Infinity)
  return limit !== undefined && limit > 1e4
}

/** Whether a node averages over all positions. */
export function poolsAll({ shapes }: Network, node: NodeProto): boolean {
  if (!pooling.test(node.opType)) return false
  if (node.opType.includes('Global')) return true
  const before = shapes.get(node.input[0] ?? '')
  const after = shapes.get(node.output[0] ?? '')
  if (!before || !after) return false
  const longAxes = (dims: readonly number[]): number => dims.slice(1).filter((dim) => dim > 1).length
  return before.length > 2 && longAxes(after) <= 1
}

/** The single index that a Gather selects on an axis other than the batch and the last, which holds the classes. */
export function pickedIndex(
  { shapes, index }: Network,
  node: NodeProto,
): { readonly axis: number; readonly index: number } | undefined {
  if (node.opType !== 'Gather') return undefined
  const rank = shapes.get(node.input[0] ?? '')?.length
  const picked = scalarOf(index, node.input[1])
  if (rank === undefined || picked === undefined) return undefined
  const listed = intAttribute(node, 'axis', 0)
  const axis = listed < 0 ? listed + rank : listed
  return axis === 0 || axis === rank - 1 ? undefined : { axis, index: picked }
}

/**
 * Which input of an Add, Sub, Mul or Div carries the scores; the other must be a constant, or a scale of dynamic
 * quantisation.
 */
export function scoreSide(network: Network, node: NodeProto): 0 | 1 | undefined {
  const [left, right] = [node.input[0] ?? '', node.input[1] ?? ''].map((name) => network.fromImage.has(name))
  if (left && !right) return 0
  if (right && !left) return node.opType === 'Add' || node.opType === 'Mul' ? 1 : undefined
  if (node.opType !== 'Mul') return undefined
  const scores = node.input.map((name) => isScale(network, name))
  return scores[0] === scores[1] ? undefined : scores[0] ? 1 : 0
}

/**
 * Whether a tensor is a scale of dynamic quantisation: one computed number, or its product with constants (a scale per
 * class).
 */
function isScale(network: Network, name: string): boolean {
  if (network.shapes.get(name)?.every((dim) => dim === 1)) return true
  const maker = network.index.producer.get(name)
  if (maker?.opType !== 'Mul') return false
  const [computed, ...others] = maker.input.filter((input) => network.fromImage.has(input))
  return others.length === 0 && (network.shapes.get(computed ?? '')?.every((dim) => dim === 1) ?? false)
}
