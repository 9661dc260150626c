import { changed, type GraphProto } from './model.js'

/**
 * Renames tensors throughout a graph, in place: inputs, outputs, initialisers, nodes and subgraphs. A node that has one
 * of the names is renamed as well.
 */
export function renameTensors(graph: GraphProto, names: ReadonlyMap<string, string>): void {
  const renamed = (name: string) => names.get(name) ?? name
  for (const list of [graph.input, graph.output, graph.valueInfo]) {
    list.forEach((info, i) => (list[i] = changed(info, { name: renamed(info.name) })))
  }
  graph.initializer.forEach((tensor, i) => {
    if (names.has(tensor.name)) graph.initializer[i] = changed(tensor, { name: renamed(tensor.name) })
  })
  for (const node of graph.node) {
    node.name = renamed(node.name)
    node.input = node.input.map(renamed)
    node.output = node.output.map(renamed)
    for (const attribute of node.attribute) {
      if (attribute.g) renameTensors(attribute.g, names)
      attribute.graphs.forEach((inner) => renameTensors(inner, names))
    }
  }
}
