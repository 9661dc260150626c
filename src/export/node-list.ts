import { node, type AttributeValue } from '../onnx/build.js'
import type { NodeProto, TensorProto } from '../onnx/model.js'
import { DataType, floatTensor, int64Tensor } from '../onnx/tensor.js'

/** Nodes and constants in the making, to be put in front of a graph; all bear names under one prefix. */
export class NodeList {
  readonly nodes: NodeProto[] = []
  readonly constants: TensorProto[] = []

  constructor(
    private readonly prefix: string,
    readonly opset: number,
  ) {}

  /** Adds a node and returns its output's name. */
  op(type: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}): string {
    const output = `${this.prefix}${this.nodes.length}`
    this.nodes.push(node(type, inputs, output, attributes))
    return output
  }

  float(value: number): string {
    return this.floats([], [value])
  }

  floats(dims: readonly number[], values: readonly number[]): string {
    const name = `${this.prefix}constant${this.constants.length}`
    this.constants.push(floatTensor(name, dims, values))
    return name
  }

  ints(dims: readonly number[], values: readonly number[]): string {
    const name = `${this.prefix}constant${this.constants.length}`
    this.constants.push(int64Tensor(name, dims, values))
    return name
  }

  /** Halves go up, as in JavaScript. */
  round(value: string): string {
    return this.op('Floor', [this.op('Add', [value, this.float(0.5)])])
  }

  /** Sums over the last axis of a matrix, kept with length 1. */
  sumOfRows(matrix: string): string {
    if (this.opset < 13) return this.op('ReduceSum', [matrix], { axes: [1], keepdims: 1 })
    return this.op('ReduceSum', [matrix, this.ints([1], [1])], { keepdims: 1 })
  }

  toFloat(value: string): string {
    return this.op('Cast', [value], { to: DataType.FLOAT })
  }
}
