import { floatAttribute, intAttribute } from '../../onnx/graph.js'
import type { NodeProto } from '../../onnx/model.js'
import { readLinear, type LinearNode } from './linear.js'
import { scalarOf, type Network } from './network.js'
import { nameOf } from './order.js'

/** What lies between a head and an output of the graph. */
export interface Tail {
  readonly linear: LinearNode
  readonly logits: string
  readonly probabilities?: string
  /** Constants applied to the scores after the linear node, nearest to it first. */
  readonly affine: readonly AffineStep[]
  /** Whether the scores are averaged over positions after the head (SqueezeNet). */
  readonly isPooled: boolean
  /** Whether the scores are the sum of two heads' (distilled DeiT), of which `linear` is the first. */
  readonly isSummed: boolean
  /** One position is picked after the head (a class token). */
  readonly select?: { readonly axis: number; readonly index: number }
}

/** `operation` with a constant: `scores = scores <operation> constant`. */
export interface AffineStep {
  readonly operation: 'Add' | 'Sub' | 'Mul' | 'Div'
  readonly constant: string
  /** Whether the constant depends on the image (the scale of dynamic quantisation). */
  readonly isDynamic: boolean
}

/** A search that ended elsewhere than in a head. */
export interface Miss {
  readonly output: string
  readonly reason: string
}

/** Operators that move or copy scores, or change their type, and nothing else. */
const passing = new Set(
  'Flatten Reshape Squeeze Unsqueeze Dropout Identity Cast CastLike Transpose QuantizeLinear DequantizeLinear'.split(' '),
)
const pooling = new Set('GlobalAveragePool AveragePool ReduceMean QLinearGlobalAveragePool QLinearAveragePool'.split(' '))
const normalising = new Set(['Softmax', 'LogSoftmax', 'Sigmoid', 'QLinearSoftmax', 'QLinearSigmoid'])
const affine = new Set(['Add', 'Sub', 'Mul', 'Div'])

/** An Add of two heads with the same classes, as the first of them. */
function summedHeads(network: Network, node: NodeProto): Tail | undefined {
  if (node.opType !== 'Add') return undefined
  const [first, second] = node.input.map((name) => {
    const maker = network.index.producer.get(name)
    return maker && readLinear(network, maker) ? walkBack(network, name) : undefined
  })
  if (!first || !second || 'reason' in first || 'reason' in second) return undefined
  return first.linear.classes === second.linear.classes ? { ...first, isSummed: true } : undefined
}

/** Walks from an output of the graph back to the linear node that makes its scores. */
export function walkBack(network: Network, output: string): Tail | Miss {
  const { index } = network
  let at = output
  let logits = output
  let probabilities: string | undefined
  let isPooled = false
  let select: Tail['select']
  const steps: AffineStep[] = []
  const miss = (reason: string): Miss => ({ output, reason })

  for (;;) {
    const node = index.producer.get(at)
    if (!node || !network.fromImage.has(at)) return miss(`${at} is reached, with no head before it`)
    const linear = readLinear(network, node)
    if (linear) {
      if (linear.classes < 2) return miss(`${nameOf(node)} (${node.opType}) makes a single value`)
      return {
        linear,
        logits,
        affine: steps.reverse(),
        isPooled,
        isSummed: false,
        ...(probabilities === undefined ? {} : { probabilities }),
        ...(select ? { select } : {}),
      }
    }
    const softmaxed = softmaxInput(network, node)
    if (softmaxed !== undefined) {
      if (steps.length > 0) return miss(`${nameOf(node)} (${node.opType}) is not the end of the graph`)
      if (node.opType !== 'LogSoftmax' && !node.opType.includes('Sigmoid')) probabilities = output
      at = logits = softmaxed
    } else if (passing.has(node.opType) || isRectifier(network, node)) {
      at = node.input[0]!
    } else if (pooling.has(node.opType) && poolsAll(network, node)) {
      isPooled = true
      at = node.input[0]!
    } else if (node.opType === 'Gather' && pickedIndex(network, node)) {
      select = pickedIndex(network, node)
      at = node.input[0]!
    } else if (affine.has(node.opType)) {
      const side = scoreSide(network, node)
      if (side === undefined) {
        const summed = summedHeads(network, node)
        if (!summed) return miss(`${nameOf(node)} (${node.opType}) joins two branches`)
        return { ...summed, logits, ...(probabilities === undefined ? {} : { probabilities }) }
      }
      const constant = node.input[1 - side]!
      steps.push({ operation: node.opType as AffineStep['operation'], constant, isDynamic: network.fromImage.has(constant) })
      at = node.input[side]!
    } else {
      return miss(`${nameOf(node)} (${node.opType}${shapeText(network, at)}) makes ${at}`)
    }
  }
}

export function shapeText({ shapes }: Network, tensor: string): string {
  const shape = shapes.get(tensor)
  return shape ? ` [${shape.join(', ')}]` : ''
}

/** The scores a softmax reads, written as one node or as Exp / ReduceSum(Exp), with or without the maximum taken off. */
function softmaxInput({ index }: Network, node: NodeProto): string | undefined {
  if (normalising.has(node.opType)) return node.input[0]
  if (node.opType !== 'Div') return undefined
  const exponential = index.producer.get(node.input[0] ?? '')
  const sum = index.producer.get(node.input[1] ?? '')
  if (exponential?.opType !== 'Exp' || sum?.opType !== 'ReduceSum' || sum.input[0] !== exponential.output[0]) return undefined
  const shifted = index.producer.get(exponential.input[0] ?? '')
  const maximum = index.producer.get(shifted?.input[1] ?? '')
  const offMaximum = shifted?.opType === 'Sub' && maximum?.opType === 'ReduceMax' && maximum.input[0] === shifted.input[0]
  return offMaximum ? shifted.input[0] : exponential.input[0]
}

/** A ReLU, as such or as a Clip with no upper bound: with one (ReLU6) it ends a feature layer, not a head. */
function isRectifier({ index }: Network, node: NodeProto): boolean {
  if (node.opType !== 'Clip') return node.opType === 'Relu'
  const limit = node.input[2] ? scalarOf(index, node.input[2]) : floatAttribute(node, 'max', Infinity)
  return limit !== undefined && limit > 1e4
}

/** Whether a pooling node leaves one position only; a ReduceMean must not touch the channels. */
function poolsAll({ shapes }: Network, node: NodeProto): boolean {
  if (node.opType.includes('Global')) return true
  const before = shapes.get(node.input[0] ?? '')
  const after = shapes.get(node.output[0] ?? '')
  if (!before || !after) return false
  const wide = (dims: readonly number[]): number => dims.slice(1).filter((dim) => dim > 1).length
  return before.length > 2 && wide(after) <= 1
}

/** The one index a Gather takes of an axis that is neither the batch nor, being last, the classes. */
function pickedIndex({ shapes, index }: Network, node: NodeProto): Tail['select'] {
  const rank = shapes.get(node.input[0] ?? '')?.length
  const picked = scalarOf(index, node.input[1])
  if (rank === undefined || picked === undefined) return undefined
  const listed = intAttribute(node, 'axis', 0)
  const axis = listed < 0 ? listed + rank : listed
  return axis === 0 || axis === rank - 1 ? undefined : { axis, index: picked }
}

/** Which input of an Add, Sub, Mul or Div carries the scores: the other must be a constant, or a scale of dynamic quantisation. */
function scoreSide(network: Network, node: NodeProto): 0 | 1 | undefined {
  const [left, right] = [node.input[0] ?? '', node.input[1] ?? ''].map((name) => network.fromImage.has(name))
  if (left && !right) return 0
  if (right && !left) return node.opType === 'Add' || node.opType === 'Mul' ? 1 : undefined
  if (node.opType !== 'Mul') return undefined
  const isScale = (name: string | undefined): boolean => network.shapes.get(name ?? '')?.every((dim) => dim === 1) ?? false
  const scores = [isScale(node.input[0]), isScale(node.input[1])]
  return scores[0] === scores[1] ? undefined : scores[0] ? 1 : 0
}
