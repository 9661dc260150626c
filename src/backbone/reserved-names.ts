import type { GraphProto } from '../onnx/model.js'
import { addedPrefix, tensorNames } from './tensor-names.js'

/**
 * New names for the tensors and nodes of a base graph that are called as something that will be added to it: `base/` is
 * put before them, as often as it takes to be told apart.
 */
export function freeReservedNames(graph: GraphProto): Map<string, string> {
  const taken = new Set<string>()
  collectNames(graph, taken)
  const reserved = new Set<string>(Object.values(tensorNames))
  const renamed = new Map<string, string>()
  for (const name of taken) {
    if (!reserved.has(name) && !name.startsWith(addedPrefix)) continue
    let other = `base/${name}`
    while (taken.has(other)) other = `base/${other}`
    renamed.set(name, other)
  }
  return renamed
}

/** Names in the graph and in the graphs inside its nodes. */
function collectNames(graph: GraphProto, names: Set<string>): void {
  for (const { name } of [...graph.input, ...graph.initializer]) names.add(name)
  for (const { name, output, attribute } of graph.node) {
    names.add(name)
    for (const tensor of output) names.add(tensor)
    for (const { g, graphs } of attribute) for (const inner of g ? [g, ...graphs] : graphs) collectNames(inner, names)
  }
}
