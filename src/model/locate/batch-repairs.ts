import { node } from '../../onnx/build.js'
import { intAttribute } from '../../onnx/graph.js'
import type { Shape } from '../../onnx/infer-shapes.js'
import type { NodeProto, TensorProto } from '../../onnx/model.js'
import { int64Tensor } from '../../onnx/tensor.js'

/** Nodes and constants that take the place of one node so that it takes any batch. */
export interface Repair {
  readonly nodes: readonly NodeProto[]
  readonly constants: readonly TensorProto[]
}

/** The axis that grew with the batch, if it is the only one that changed. */
export function batchAxis(before: Shape, after: Shape, ratio: number): number | undefined {
  if (before.length !== after.length) return undefined
  const changed = [...before.keys()].filter((axis) => before[axis] !== after[axis])
  const axis = changed[0]
  return changed.length === 1 && axis !== undefined && after[axis] === before[axis]! * ratio ? axis : undefined
}

/** The axis of a reshaped tensor at which the batch, at `axis` of `from`, arrives: as many elements lie before it. */
export function reshapedBatchAxis(from: Shape, axis: number, to: Shape): number | undefined {
  const before = from.slice(0, axis).reduce((product, dim) => product * dim, 1)
  let product = 1
  for (const [at, dim] of to.entries()) {
    if (product === before) return at
    product *= dim
  }
  return undefined
}

/**
 * A Reshape to a constant shape, made to copy its batch dimension (0), or, where it moves, to work it out (-1).
 *
 * @param target the constant it reshapes to
 * @param from the shape that goes in, with the declared batch at `fromAxis`
 * @param to the shape that comes out, with the batch at `toAxis`
 */
export function repairReshape(reshape: NodeProto, target: readonly number[], from: Shape, fromAxis: number, to: Shape, toAxis: number): Repair {
  const stays = fromAxis === toAxis && from[fromAxis] === to[toAxis]
  const copies = stays && intAttribute(reshape, 'allowzero', 0) === 0
  const rest = copies ? target : to
  const shape = rest.map((dim, axis) => (axis === toAxis ? (copies ? 0 : -1) : dim))
  const name = `${reshape.output[0]}/free_batch_shape`
  const repaired = { ...reshape, input: [reshape.input[0]!, name] }
  return { nodes: [repaired], constants: [int64Tensor(name, [shape.length], shape)] }
}

/**
 * A Concat of the image's features with constants of batch 1 (a class token): each is expanded to the batch first.
 *
 * @param constants the constant inputs, with their shapes
 * @param like an input that has the batch at axis 0
 */
export function repairConcat(concat: NodeProto, constants: ReadonlyMap<string, Shape>, like: string): Repair {
  const prefix = `${concat.output[0]}/free_batch`
  const nodes: NodeProto[] = [
    node('Shape', [like], `${prefix}/shape`),
    node('Slice', [`${prefix}/shape`, `${prefix}/first`, `${prefix}/second`], `${prefix}/size`),
  ]
  const tensors = [int64Tensor(`${prefix}/first`, [1], [0]), int64Tensor(`${prefix}/second`, [1], [1])]
  const renamed = new Map<string, string>()
  for (const [name, shape] of constants) {
    const expanded = `${prefix}/${name}`
    renamed.set(name, expanded)
    tensors.push(int64Tensor(`${expanded}/rest`, [shape.length - 1], shape.slice(1)))
    nodes.push(node('Concat', [`${prefix}/size`, `${expanded}/rest`], `${expanded}/target`, { axis: 0 }))
    nodes.push(node('Expand', [name, `${expanded}/target`], expanded))
  }
  nodes.push({ ...concat, input: concat.input.map((name) => renamed.get(name) ?? name) })
  return { nodes, constants: tensors }
}
