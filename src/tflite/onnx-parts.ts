import type { NodeProto, TensorProto } from '../onnx/model.js'

/** The ONNX nodes and initialisers made so far. */
export interface OnnxParts {
  readonly nodes: NodeProto[]
  readonly initializers: TensorProto[]
}
