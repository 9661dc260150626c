import { NpluskError } from '../core/errors.js'
import type { GraphIndex } from '../onnx/graph.js'
import type { NodeProto } from '../onnx/model.js'

/**
 * The graph's nodes in topological order (Kahn's algorithm); exporters write them so, other tools not always.
 *
 * @throws NpluskError `BAD_MODEL` for a cycle, and for a tensor that no node computes, or two do
 */
export function topologicalOrder({ graph, constants, producer, consumers }: GraphIndex): NodeProto[] {
  const available = new Set(['', ...graph.input.map(({ name }) => name), ...graph.initializer.map(({ name }) => name)])
  const made = new Set<string>()
  const missing = new Map<NodeProto, number>()
  const ready: NodeProto[] = []
  for (const node of graph.node) {
    for (const name of node.output) {
      if (name !== '' && (made.has(name) || available.has(name))) {
        throw new NpluskError('BAD_MODEL', `The model is damaged: tensor ${name} is made twice; fetch it again.`)
      }
      made.add(name)
    }
    const pendingInputs = new Set(node.input.filter((name) => !available.has(name)))
    for (const name of pendingInputs) {
      if (producer.has(name) || constants.has(name)) continue
      throw new NpluskError(
        'BAD_MODEL',
        `The model is damaged: node ${nameOf(node)} reads ${name}, which nothing makes; fetch it again.`,
      )
    }
    missing.set(node, pendingInputs.size)
    if (pendingInputs.size === 0) ready.push(node)
  }
  for (let next = 0; next < ready.length; next++) {
    for (const name of new Set(ready[next]!.output)) {
      for (const reader of new Set(consumers.get(name))) {
        const remaining = (missing.get(reader) ?? 0) - 1
        missing.set(reader, remaining)
        if (remaining === 0) ready.push(reader)
      }
    }
  }
  if (ready.length < graph.node.length) {
    const stuck = graph.node.find((node) => (missing.get(node) ?? 0) > 0)
    throw new NpluskError(
      'BAD_MODEL',
      `The model is damaged: node ${stuck ? nameOf(stuck) : '?'} lies on a cycle; fetch it again.`,
    )
  }
  return ready
}

/** A node's name, or its first output's where it has none. */
export function nameOf(node: NodeProto): string {
  return node.name || node.output[0] || node.opType
}
