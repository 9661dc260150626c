import type { NodeProto } from '../onnx/model.js'
import type { Network } from './network.js'

/** A node that every path from the image to the bottleneck goes through, with the nodes since the one before it. */
export interface TrunkNode {
  readonly node: NodeProto
  /** Nodes between the previous trunk node and this one: the interior of a block. */
  readonly inside: readonly NodeProto[]
}

/**
 * The nodes that dominate `target`: every path from the image passes through them, as it does through the output of
 * every block of a network, however the block is wired inside.
 *
 * In topological order, a node dominates exactly if no edge skips it.
 */
export function trunkTo({ index, order, fromImage, input }: Network, target: string): TrunkNode[] {
  const needed = ancestors(index.producer, fromImage, target)
  const nodes = order.filter((node) => needed.has(node))
  const position = new Map(nodes.map((node, at) => [node, at]))
  // Differences: after a running sum, skips[p] is the number of edges from before p to after p.
  const skips = new Int32Array(nodes.length + 2)
  nodes.forEach((node, at) => {
    for (const name of node.input) {
      if (!fromImage.has(name)) continue
      const maker = index.producer.get(name)
      const from = name === input.name ? -1 : maker ? position.get(maker) : undefined
      if (from === undefined) continue
      skips[from + 1]! += 1
      skips[at]! -= 1
    }
  })
  const trunk: TrunkNode[] = []
  let edgesOver = 0
  let inside: NodeProto[] = []
  nodes.forEach((node, at) => {
    edgesOver += skips[at]!
    if (edgesOver > 0) {
      inside.push(node)
      return
    }
    trunk.push({ node, inside })
    inside = []
  })
  return trunk
}

/** Nodes on paths from the image to `target`. */
function ancestors(
  producer: ReadonlyMap<string, NodeProto>,
  fromImage: ReadonlySet<string>,
  target: string,
): Set<NodeProto> {
  const found = new Set<NodeProto>()
  const pending = [target]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = producer.get(name)
    if (!node || found.has(node) || !node.output.some((output) => fromImage.has(output))) continue
    found.add(node)
    pending.push(...node.input)
  }
  return found
}
