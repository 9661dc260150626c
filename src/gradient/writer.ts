import { node, type AttributeValue } from '../onnx/build.js'
import type { Shape } from '../onnx/infer-shapes.js'
import type { NodeProto, TensorProto } from '../onnx/model.js'
import { floatTensor, int64Tensor } from '../onnx/tensor.js'

/** Writes nodes and constants, and gives each tensor a name of its own; constants of one content are one. */
export class GraphWriter {
  readonly nodes: NodeProto[] = []
  readonly #constants = new Map<string, TensorProto>()
  #count = 0

  /** @param prefix what all names begin with; nothing else may */
  constructor(readonly prefix: string) {}

  get constants(): TensorProto[] {
    return [...this.#constants.values()]
  }

  /** Adds a node of one output. @returns the output */
  add(opType: string, input: readonly string[], attributes: Record<string, AttributeValue> = {}): string {
    const name = `${this.prefix}${opType}_${++this.#count}`
    this.nodes.push(node(opType, input, name, attributes))
    return name
  }

  /** A number, of the shape [] that broadcasts to any other. */
  scalar(value: number): string {
    return this.floats([], [value])
  }

  floats(shape: Shape, values: readonly number[]): string {
    return this.#constant(`${shape.join('x')}:${values.join()}`, (name) => floatTensor(name, shape, values))
  }

  ints(values: readonly number[]): string {
    return this.#constant(`i${values.join()}`, (name) => int64Tensor(name, [values.length], values))
  }

  /** A tensor that has one value everywhere. */
  filled(shape: Shape, value: number): string {
    return this.add('Expand', [this.scalar(value), this.ints(shape)])
  }

  reshape(tensor: string, shape: Shape): string {
    return this.add('Reshape', [tensor, this.ints(shape)])
  }

  transpose(tensor: string, order: readonly number[]): string {
    return this.add('Transpose', [tensor], { perm: order })
  }

  /** Sums over axes; they stay, of length 1, where `keepdims` is set. */
  sum(tensor: string, axes: readonly number[], keepdims: boolean): string {
    return this.add('ReduceSum', [tensor, this.ints(axes)], { keepdims: keepdims ? 1 : 0 })
  }

  /** Sums a tensor to a shape that broadcasts to its own: the gradient by what was broadcast. */
  sumTo(tensor: string, from: Shape, to: Shape): string {
    const ahead = from.length - to.length
    const axes = from
      .map((_, axis) => axis)
      .filter((axis) => axis < ahead || (to[axis - ahead] === 1 && from[axis] !== 1))
    if (axes.length === 0) return tensor
    const summed = this.sum(tensor, axes, true)
    return ahead === 0 ? summed : this.reshape(summed, to)
  }

  #constant(key: string, make: (name: string) => TensorProto): string {
    const known = this.#constants.get(key)
    if (known !== undefined) return known.name
    const made = make(`${this.prefix}constant_${++this.#count}`)
    this.#constants.set(key, made)
    return made.name
  }
}
