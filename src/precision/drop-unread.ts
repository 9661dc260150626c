import type { LoadedModel, NodeProto } from '../onnx/model.js'

/** Takes out, in place, nodes and initialisers that nobody reads. */
export function dropUnread(model: LoadedModel): void {
  const { graph } = model
  const read = new Set(graph.output.map(({ name }) => name))
  const kept: NodeProto[] = []
  // Readers come after what they read.
  for (const node of [...graph.node].reverse()) {
    if (!node.output.some((name) => read.has(name))) continue
    kept.push(node)
    for (const name of namesIn(node)) read.add(name)
  }
  graph.node = kept.reverse()
  // Files of before version 4 of the format list all initialisers among the inputs: those that are gone would be asked
  // for.
  const stored = new Set(graph.initializer.map(({ name }) => name))
  graph.input = graph.input.filter(({ name }) => read.has(name) || !stored.has(name))
  if (model.irVersion < 4n) model.irVersion = 4n
  graph.initializer = graph.initializer.filter(({ name }) => read.has(name))
  graph.valueInfo = graph.valueInfo.filter(({ name }) => read.has(name))
}

/** What a node reads, in graphs inside it as well. */
function* namesIn(node: NodeProto): Generator<string> {
  yield* node.input
  for (const { g, graphs } of node.attribute) {
    for (const inner of g ? [g, ...graphs] : graphs) {
      for (const { name } of inner.output) yield name
      for (const one of inner.node) yield* namesIn(one)
    }
  }
}
