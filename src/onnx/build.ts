import { create } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb.js'
import type { LoadedModel } from './model.js'
import type { DataType } from './tensor.js'

/** An attribute value: `1` is an int, `{ float: 1 }` a float, a list of numbers a list of ints. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly tensor: TensorProto }
  | { readonly graph: GraphProto }

/** Builds a node, named after its first output. */
export function node(
  opType: string,
  input: readonly string[],
  output: string | readonly string[],
  attributes: Record<string, AttributeValue> = {},
): NodeProto {
  const outputs = typeof output === 'string' ? [output] : [...output]
  return create(NodeProtoSchema, {
    opType,
    input: [...input],
    output: outputs,
    name: outputs[0] ?? opType,
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  })
}

export function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) })
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) })
  }
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float })
  if ('tensor' in value) return create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: value.tensor })
  if ('graph' in value) return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: value.graph })
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) })
}

/** Describes a graph input or output; a string dimension is symbolic (`batch`). */
export function valueInfo(name: string, type: DataType, dims: readonly (number | string)[]): ValueInfoProto {
  const dim = dims.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }))
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: type, shape: { dim } } } },
  })
}

/** Assembles a model around a graph. */
export function graphModel(graph: {
  readonly name: string
  readonly inputs: readonly ValueInfoProto[]
  readonly outputs: readonly ValueInfoProto[]
  readonly nodes: readonly NodeProto[]
  readonly initializers: readonly TensorProto[]
  readonly opset: number
}): LoadedModel {
  return create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'nplusk',
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(graph.opset) })],
    graph: create(GraphProtoSchema, {
      name: graph.name,
      input: [...graph.inputs],
      output: [...graph.outputs],
      node: [...graph.nodes],
      initializer: [...graph.initializers],
    }),
  }) as LoadedModel
}

/** Sets one `metadata_props` entry, replacing any entry of the same key. */
export function setMetadata(model: ModelProto, key: string, value: string): void {
  model.metadataProps = model.metadataProps.filter((entry) => entry.key !== key)
  model.metadataProps.push(create(StringStringEntryProtoSchema, { key, value }))
}

/** The value of one `metadata_props` entry, `undefined` where there is none. */
export function getMetadata(model: ModelProto, key: string): string | undefined {
  return model.metadataProps.find((entry) => entry.key === key)?.value
}
