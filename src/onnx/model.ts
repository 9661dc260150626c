import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { NpluskError } from '../core/errors.js'
import { otherKind } from './other-kind.js'
import { ModelProtoSchema, type AttributeProto, type GraphProto, type ModelProto } from './generated/onnx_pb.js'

export type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from './generated/onnx_pb.js'

export type LoadedModel = ModelProto & { graph: NonNullable<ModelProto['graph']> }

/**
 * Decodes an ONNX file. Tensor contents remain views on `bytes`; fields that the schema does not name are kept.
 *
 * @param name how error messages call the file
 * @throws NpluskError `BAD_MODEL` when the bytes are not an ONNX model
 */
export function decodeModel(bytes: Uint8Array, name = 'the model'): LoadedModel {
  let model: ModelProto
  try {
    model = fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    const kind = otherKind(bytes) ?? 'is not a readable ONNX file: it may be damaged or cut off; fetch it again'
    throw new NpluskError('BAD_MODEL', `${name} ${kind}.`, { cause })
  }
  if (model.graph === undefined || model.graph.node.length === 0) {
    const kind = otherKind(bytes) ?? 'is not an ONNX model: it holds no graph'
    throw new NpluskError('BAD_MODEL', `${name} ${kind}.`)
  }
  return model as LoadedModel
}

/** Encodes a model; one protobuf message can hold at most 2 GiB. */
export function encodeModel(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model)
}

/** A copy of a message with some fields changed; defaults and unknown fields are kept. */
export function changed<T extends object>(message: T, changes: Partial<T>): T {
  // A spread would lose the prototype, which holds the defaults of unset fields.
  return Object.assign(Object.create(Object.getPrototypeOf(message) as object) as T, message, changes)
}

/** A copy deep enough to edit: nodes, inputs, outputs and subgraphs are new, tensors are shared. */
export function cloneModel(model: LoadedModel): LoadedModel {
  return changed(model, {
    metadataProps: [...model.metadataProps],
    opsetImport: model.opsetImport.map((opset) => changed(opset, {})),
    graph: cloneGraph(model.graph),
  })
}

function cloneGraph(graph: GraphProto): GraphProto {
  return changed(graph, {
    node: graph.node.map((node) =>
      changed(node, {
        input: [...node.input],
        output: [...node.output],
        attribute: node.attribute.map(cloneAttribute),
      }),
    ),
    initializer: [...graph.initializer],
    input: [...graph.input],
    output: [...graph.output],
    valueInfo: [...graph.valueInfo],
  })
}

function cloneAttribute(attribute: AttributeProto): AttributeProto {
  const { g, graphs } = attribute
  if (g === undefined && graphs.length === 0) return attribute
  return changed(attribute, { ...(g ? { g: cloneGraph(g) } : {}), graphs: graphs.map(cloneGraph) })
}

/** The version of the default operator set (domain `""` or `ai.onnx`); 1 where the model does not say. */
export function opsetVersion(model: ModelProto): number {
  const opset = model.opsetImport.find(({ domain }) => isDefaultDomain(domain))
  return Number(opset?.version ?? 1n)
}

/** Whether a domain is that of ONNX's own operators. */
export function isDefaultDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx'
}
