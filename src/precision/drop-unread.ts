import type { LoadedModel, NodeProto } from '../onnx/model.js'

/** Removes, in place, nodes and initialisers whose values are never read. */
export function dropUnread(model: LoadedModel): void {
  const { graph } = model
  const read = new Set(graph.output.map(({ name }) => name))
  const kept: NodeProto[] = []
  // Nodes are in topological order, so in reverse every reader comes before what it reads.
  for (const node of [...graph.node].reverse()) {
    if (!node.output.some((name) => read.has(name))) continue
    kept.push(node)
    for (const name of namesIn(node)) read.add(name)
  }
  graph.node = kept.reverse()
  // Before IR version 4, files list all initialisers as inputs too; without its initialiser an entry would become a
  // required input.
  const stored = new Set(graph.initializer.map(({ name }) => name))
  graph.input = graph.input.filter(({ name }) => read.has(name) || !stored.has(name))
  if (model.irVersion < 4n) model.irVersion = 4n
  graph.initializer = graph.initializer.filter(({ name }) => read.has(name))
  graph.valueInfo = graph.valueInfo.filter(({ name }) => read.has(name))
}

/** Tensors that a node reads, including those read by its subgraphs. */
function* namesIn(node: NodeProto): Generator<string> {
  yield* node.input
  for (const { g, graphs } of node.attribute) {
    for (const inner of g ? [g, ...graphs] : graphs) {
      for (const { name } of inner.output) yield name
      for (const one of inner.node) yield* namesIn(one)
    }
  }
}
