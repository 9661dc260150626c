import { intAttribute } from '../onnx/graph.js'
import type { LoadedModel, NodeProto } from '../onnx/model.js'

/** An operator by which the pictures of a batch change each other's numbers. */
export interface CoupledOperator {
  readonly operator: string
  /** A clause for people. */
  readonly reason: string
}

/**
 * The first operator of a graph that is known to look at a whole batch at once: dynamic quantisation takes its range
 * over all of it, and batch normalisation that was exported in training mode its mean and deviation.
 */
export function coupledOperator(model: LoadedModel): CoupledOperator | undefined {
  const found = model.graph.node.find(looksAtBatch)
  if (!found) return undefined
  const operator = found.opType
  const reason =
    operator === 'BatchNormalization'
      ? `${operator}, exported in training mode, takes its mean and deviation over all pictures of a batch`
      : `${operator} takes its range over all pictures of a batch`
  return { operator, reason }
}

function looksAtBatch(node: NodeProto): boolean {
  if (/^DynamicQuantize(Linear|MatMul)$/.test(node.opType)) return true
  return node.opType === 'BatchNormalization' && intAttribute(node, 'training_mode', 0) === 1
}
