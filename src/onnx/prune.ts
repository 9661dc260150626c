import { readBy, readTensors } from './graph.js'
import type { GraphProto } from './model.js'

/**
 * Removes nodes whose outputs nothing needs.
 *
 * @param graph its nodes in order
 * @param mayGo whether a tensor that nothing needs may be left out; a node stays where one of its outputs may not
 */
export function prune(graph: GraphProto, mayGo: (tensor: string) => boolean): void {
  const needed = new Set(graph.output.map(({ name }) => name))
  const kept = graph.node.toReversed().filter((node) => {
    if (node.output.every((name) => !needed.has(name) && mayGo(name))) return false
    for (const name of readBy(node)) needed.add(name)
    return true
  })
  graph.node = kept.reverse()
}

/** Removes nodes, inputs and initialisers that the outputs do not need. */
export function keepNeeded(graph: GraphProto): void {
  prune(graph, () => true)
  const isRead = readTensors(graph)
  graph.input = graph.input.filter(({ name }) => isRead.has(name))
  graph.initializer = graph.initializer.filter(({ name }) => isRead.has(name))
}
