import { intAttribute } from '../onnx/graph.js'
import type { LoadedModel, NodeProto } from '../onnx/model.js'

/** An operator that makes the results for an image depend on the others in its batch. */
export interface CoupledOperator {
  readonly operator: string
  /** A clause for messages. */
  readonly reason: string
}

/**
 * Finds the first operator of a graph that computes over the whole batch: dynamic quantisation takes its range over it,
 * and batch normalisation exported in training mode its mean and deviation.
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
