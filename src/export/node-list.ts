import { node, type AttributeValue } from '../onnx/build.js'
import type { NodeProto, TensorProto } from '../onnx/model.js'
import { DataType, floatTensor, int64Tensor, tensor } from '../onnx/tensor.js'

/** Broadcasting operators between tensors of one type. */
type Arithmetic = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Min' | 'Max' | 'Less' | 'Floor' | 'Ceil' | 'Abs' | 'Sin' | 'Range'

/** Collects nodes and constants to put in front of a graph, all named under one prefix. */
export class NodeList {
  readonly nodes: NodeProto[] = []
  readonly constants: TensorProto[] = []

  constructor(private readonly prefix: string) {}

  /** Adds a node and returns its output's name. */
  op(type: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}): string {
    const output = `${this.prefix}${this.nodes.length}`
    this.nodes.push(node(type, inputs, output, attributes))
    return output
  }

  /** Arithmetic in float64; numbers become constants. */
  double(type: Arithmetic, ...inputs: readonly (string | number)[]): string {
    return this.op(
      type,
      inputs.map((input) => (typeof input === 'string' ? input : this.number(input))),
    )
  }

  /** Arithmetic in float32; numbers become constants. */
  float(type: Arithmetic, ...inputs: readonly (string | number)[]): string {
    return this.op(
      type,
      inputs.map((input) => (typeof input === 'string' ? input : this.floatConstant(input))),
    )
  }

  /** A constant scalar, float64. */
  number(value: number): string {
    return this.constant((name) => tensor(name, DataType.DOUBLE, [], Float64Array.of(value)))
  }

  ints(dims: readonly number[], values: readonly number[]): string {
    return this.constant((name) => int64Tensor(name, dims, values))
  }

  toFloat(value: string): string {
    return this.op('Cast', [value], { to: DataType.FLOAT })
  }

  toDouble(value: string): string {
    return this.op('Cast', [value], { to: DataType.DOUBLE })
  }

  /** Truncates to int64. */
  toInt(value: string): string {
    return this.op('Cast', [value], { to: DataType.INT64 })
  }

  /** Joins scalars of one type into a vector. */
  vector(...scalars: readonly string[]): string {
    const each = scalars.map((scalar) => this.op('Reshape', [scalar, this.ints([1], [1])]))
    return this.op('Concat', each, { axis: 0 })
  }

  /** Reshapes a vector to a matrix with one column. */
  column(vector: string): string {
    return this.op('Reshape', [vector, this.ints([2], [-1, 1])])
  }

  private floatConstant(value: number): string {
    return this.constant((name) => floatTensor(name, [], [value]))
  }

  private constant(make: (name: string) => TensorProto): string {
    const created = make(`${this.prefix}constant${this.constants.length}`)
    this.constants.push(created)
    return created.name
  }
}
