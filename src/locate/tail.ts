import type { NodeProto } from '../onnx/model.js'
import { readLinear, type LinearNode } from './linear.js'
import type { Network } from './network.js'
import { nameOf } from './order.js'
import type { Feature } from './types.js'
import {
  isRectifier,
  passesScores,
  pickedIndex,
  poolsAll,
  scoreSide,
  rescaledSoftmax,
  softmaxInput,
} from './score-steps.js'

/** The part of a graph between a head and an output. */
export interface Tail {
  readonly linear: LinearNode
  readonly logits: string
  readonly probabilities?: string
  /** Whether scores go through a sigmoid rather than a softmax, so that classes do not exclude each other. */
  readonly isMultiLabel: boolean
  /** Constants applied to the scores after the linear node, in the order in which they apply. */
  readonly affine: readonly AffineStep[]
  /** Whether the scores are averaged over positions after the head (SqueezeNet). */
  readonly isPooled: boolean
  /** Whether the scores are the sum of two heads (distilled DeiT), of which `linear` is the first. */
  readonly isSummed: boolean
  /** The one position that is selected after the head (a class token). */
  readonly select?: { readonly axis: number; readonly index: number }
}

/** `operation` with a constant: `scores = scores <operation> constant`. */
export interface AffineStep {
  readonly operation: 'Add' | 'Sub' | 'Mul' | 'Div'
  readonly constant: string
  /** Whether `constant` is computed from the image (the scale of dynamic quantisation). */
  readonly isDynamic: boolean
  /** Scale and zero point of the constant, where it is stored as 8-bit integers. */
  readonly dequantise?: Feature['dequantise']
}

/** A search that did not end at a head, and why. */
export interface Miss {
  readonly output: string
  readonly reason: string
  /** Whether it ended at a linear node with a single output. */
  readonly isSingle?: boolean
}

const affine = new Set(['Add', 'Sub', 'Mul', 'Div'])

/** The first of two heads with the same number of classes that an Add sums. */
function summedHeads(network: Network, node: NodeProto): Tail | undefined {
  if (node.opType !== 'Add') return undefined
  const [first, second] = node.input.map((name) => {
    const maker = network.index.producer.get(name)
    return maker && readLinear(network, maker) ? walkBack(network, name) : undefined
  })
  if (!first || !second || 'reason' in first || 'reason' in second) return undefined
  return first.linear.classes === second.linear.classes ? { ...first, isSummed: true } : undefined
}

/** Walks from an output of the graph back to the linear node that computes its scores. */
export function walkBack(network: Network, output: string): Tail | Miss {
  const { index } = network
  let at = output
  let logits = output
  let probabilities: string | undefined
  let isMultiLabel = false
  let isPooled = false
  let select: Tail['select']
  const steps: AffineStep[] = []
  const miss = (reason: string): Miss => ({ output, reason })

  for (;;) {
    const node = index.producer.get(at)
    if (!node || !network.fromImage.has(at)) return miss(`${at} is reached, with no head before it`)
    const linear = readLinear(network, node)
    if (linear) {
      if (linear.classes < 2)
        return { ...miss(`${nameOf(node)} (${node.opType}) makes a single value`), isSingle: true }
      return {
        linear,
        logits,
        affine: steps.reverse(),
        isMultiLabel,
        isPooled,
        isSummed: false,
        ...(probabilities === undefined ? {} : { probabilities }),
        ...(select ? { select } : {}),
      }
    }
    const softmaxed = softmaxInput(network, node)
    if (softmaxed !== undefined) {
      if (steps.length > 0) return miss(`${nameOf(node)} (${node.opType}) is not the end of the graph`)
      if (node.opType.includes('Sigmoid')) isMultiLabel = true
      else if (node.opType !== 'LogSoftmax') probabilities = at
      at = logits = softmaxed
    } else if (steps.length === 0 && rescaledSoftmax(network, node) !== undefined) {
      at = rescaledSoftmax(network, node)!
    } else if (passesScores(node) || isRectifier(network, node)) {
      at = node.input[0]!
    } else if (poolsAll(network, node)) {
      isPooled = true
      at = node.input[0]!
    } else if (pickedIndex(network, node)) {
      select = pickedIndex(network, node)
      at = node.input[0]!
    } else if (node.opType === 'QLinearAdd') {
      const side = network.fromImage.has(node.input[0]!) ? 0 : 3
      const [constant, scale, zeroPoint] = node.input.slice(3 - side, 6 - side) as [string, string, string]
      if (network.fromImage.has(constant)) return miss(`${nameOf(node)} (${node.opType}) joins two branches`)
      steps.push({ operation: 'Add', constant, isDynamic: false, dequantise: { scale, zeroPoint } })
      at = node.input[side]!
    } else if (affine.has(node.opType)) {
      const side = scoreSide(network, node)
      if (side === undefined) {
        const summed = summedHeads(network, node)
        if (!summed) return miss(`${nameOf(node)} (${node.opType}) joins two branches`)
        return {
          ...summed,
          logits,
          isMultiLabel,
          ...(probabilities === undefined ? {} : { probabilities }),
        }
      }
      const constant = node.input[1 - side]!
      steps.push({
        operation: node.opType as AffineStep['operation'],
        constant,
        isDynamic: network.fromImage.has(constant),
      })
      at = node.input[side]!
    } else {
      return miss(`${nameOf(node)} (${node.opType}${shapeText(network, at)}) makes ${at}`)
    }
  }
}

function shapeText({ shapes }: Network, tensor: string): string {
  const shape = shapes.get(tensor)
  return shape ? ` [${shape.join(', ')}]` : ''
}
