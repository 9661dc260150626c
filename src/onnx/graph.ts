import { AttributeProto_AttributeType as AttributeType } from './generated/onnx_pb.js'
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from './model.js'

/** The producer and the consumers of each tensor of a graph. A snapshot: after the graph is edited, build a new one. */
export interface GraphIndex {
  readonly graph: GraphProto
  readonly producer: ReadonlyMap<string, NodeProto>
  readonly consumers: ReadonlyMap<string, readonly NodeProto[]>
  /** Initialisers and the tensors of Constant nodes. */
  readonly constants: ReadonlyMap<string, TensorProto>
}

export function indexGraph(graph: GraphProto): GraphIndex {
  const producer = new Map<string, NodeProto>()
  const consumers = new Map<string, NodeProto[]>()
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  for (const node of graph.node) {
    for (const name of node.output) if (name !== '') producer.set(name, node)
    for (const name of node.input) {
      if (name === '') continue
      const readers = consumers.get(name)
      if (readers) readers.push(node)
      else consumers.set(name, [node])
    }
    const value = node.opType === 'Constant' ? findAttribute(node, 'value')?.t : undefined
    if (value !== undefined) constants.set(node.output[0]!, value)
  }
  return { graph, producer, consumers, constants }
}

export function findAttribute(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name)
}

export function intAttribute(node: NodeProto, name: string, fallback: number): number {
  const found = findAttribute(node, name)
  return found === undefined ? fallback : Number(found.i)
}

export function intsAttribute(node: NodeProto, name: string): number[] | undefined {
  return findAttribute(node, name)?.ints.map(Number)
}

export function floatAttribute(node: NodeProto, name: string, fallback: number): number {
  const found = findAttribute(node, name)
  return found === undefined || found.type === AttributeType.INT ? fallback : found.f
}

/** Graph inputs that the caller feeds: old models also list their initialisers among the inputs. */
export function trueInputs(graph: GraphProto): ValueInfoProto[] {
  const initialised = new Set(graph.initializer.map(({ name }) => name))
  return graph.input.filter(({ name }) => !initialised.has(name))
}

/** Names of all tensors that nodes read, including those in subgraphs. */
export function readTensors({ node }: GraphProto): Set<string> {
  return new Set(node.flatMap(readBy))
}

/** Names of all tensors that a node reads, including those in its subgraphs. */
export function readBy({ input, attribute }: NodeProto): string[] {
  const inner = attribute.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs))
  return [...input, ...inner.flatMap(({ node }) => node.flatMap(readBy))]
}

/**
 * The declared shape of an input or output: numbers, and names of symbolic dimensions (`?` where unnamed); `undefined`
 * where none is declared.
 */
export function shapeOf(info: ValueInfoProto): (number | string)[] | undefined {
  if (info.type?.value.case !== 'tensorType') return undefined
  return info.type.value.value.shape?.dim.map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : value.case === 'dimParam' ? value.value : '?',
  )
}

/** The declared element type of an input or output (`TensorProto.DataType`), 0 where none is declared. */
export function elementTypeOf(info: ValueInfoProto): number {
  return info.type?.value.case === 'tensorType' ? info.type.value.value.elemType : 0
}
