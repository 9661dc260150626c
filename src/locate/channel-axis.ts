import { intAttribute, intsAttribute } from '../onnx/graph.js'
import type { NodeProto } from '../onnx/model.js'
import type { Network } from './network.js'

/** Tensors to visit before giving up: the nearest convolution or matrix product is never far. */
const maxVisited = 60

/**
 * The axis of a [batch, …] tensor that holds the channels: axis 1 after convolutions; the last axis after matrix
 * products and in the images [batch, height, width, size] of transformers.
 */
export function channelAxisOf({ index }: Network, tensor: string, rank: number): number {
  if (rank < 4) return rank - 1
  const seen = new Set([tensor])
  const queue = [tensor]
  for (let next = 0; next < queue.length && next < maxVisited; next++) {
    const maker = index.producer.get(queue[next]!)
    const side = maker && channelSide(maker, rank)
    if (side) return side === 'first' ? 1 : rank - 1
    for (const name of maker?.input ?? []) {
      if (seen.has(name)) continue
      seen.add(name)
      queue.push(name)
    }
  }
  return 1
}

/** Where a node's operator places the channels in its output. */
function channelSide(node: NodeProto, rank: number): 'first' | 'last' | undefined {
  if (/Conv|Pool|BatchNormalization/.test(node.opType)) return 'first'
  if (/MatMul|LayerNormalization/.test(node.opType)) return 'last'
  if (node.opType !== 'Transpose') {
    const axis = node.opType === 'Concat' ? intAttribute(node, 'axis', 1) : undefined
    return axis === 1 ? 'first' : axis === rank - 1 || axis === -1 ? 'last' : undefined
  }
  const order = intsAttribute(node, 'perm')?.join()
  return order === '0,3,1,2' ? 'first' : order === '0,2,3,1' ? 'last' : undefined
}
