import type { GraphProto } from '../onnx/model.js'
import { addedPrefix, tensorNames } from './tensor-names.js'

/**
 * New names for those tensors and nodes of a base graph whose names are needed for what is added: prefixed with
 * `base/`, as often as it takes to be unique.
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

/** Collects the names in a graph and its subgraphs. */
function collectNames(graph: GraphProto, names: Set<string>): void {
  for (const { name } of [...graph.input, ...graph.initializer]) names.add(name)
  for (const { name, output, attribute } of graph.node) {
    names.add(name)
    for (const tensor of output) names.add(tensor)
    for (const { g, graphs } of attribute) for (const inner of g ? [g, ...graphs] : graphs) collectNames(inner, names)
  }
}
