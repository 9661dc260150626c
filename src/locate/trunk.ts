import type { NodeProto } from '../onnx/model.js'
import type { Network } from './network.js'

/** A node that every path from the image to the bottleneck goes through, with the nodes since the one before it. */
export interface TrunkNode {
  readonly node: NodeProto
  /** Nodes between the previous trunk node and this one: the inside of a block. */
  readonly inside: readonly NodeProto[]
}

/**
 * The nodes that dominate `target`: the whole image passes through each of them, as it does through the output of
 * every block of a network, however the block is wired inside.
 *
 * In topological order a node dominates exactly if no edge leaps over it.
 */
export function trunkTo({ index, order, fromImage, input }: Network, target: string): TrunkNode[] {
  const needed = ancestors(index.producer, fromImage, target)
  const nodes = order.filter((node) => needed.has(node))
  const position = new Map(nodes.map((node, at) => [node, at]))
  // leaps[p] becomes the number of edges from before p to after p.
  const leaps = new Int32Array(nodes.length + 2)
  nodes.forEach((node, at) => {
    for (const name of node.input) {
      if (!fromImage.has(name)) continue
      const maker = index.producer.get(name)
      const from = name === input.name ? -1 : maker ? position.get(maker) : undefined
      if (from === undefined) continue
      leaps[from + 1]! += 1
      leaps[at]! -= 1
    }
  })
  const trunk: TrunkNode[] = []
  let over = 0
  let inside: NodeProto[] = []
  nodes.forEach((node, at) => {
    over += leaps[at]!
    if (over > 0) {
      inside.push(node)
      return
    }
    trunk.push({ node, inside })
    inside = []
  })
  return trunk
}

/** Nodes on the way from the image to `target`. */
function ancestors(
  producer: ReadonlyMap<string, NodeProto>,
  fromImage: ReadonlySet<string>,
  target: string,
): Set<NodeProto> {
  const found = new Set<NodeProto>()
  const open = [target]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = producer.get(name)
    if (!node || found.has(node) || !node.output.some((output) => fromImage.has(output))) continue
    found.add(node)
    open.push(...node.input)
  }
  return found
}
