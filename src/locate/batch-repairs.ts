import { node } from '../onnx/build.js'
import { intAttribute } from '../onnx/graph.js'
import type { Shape } from '../onnx/infer-shapes.js'
import { changed, type NodeProto, type TensorProto } from '../onnx/model.js'
import { int64Tensor } from '../onnx/tensor.js'

/** The nodes and constants that replace one node so that it accepts any batch size. */
export interface Repair {
  readonly nodes: readonly NodeProto[]
  readonly constants: readonly TensorProto[]
}

/** The axis that grew by `ratio`, if it is the only one that changed. */
export function batchAxis(before: Shape, after: Shape, ratio: number): number | undefined {
  if (before.length !== after.length) return undefined
  const differing = [...before.keys()].filter((axis) => before[axis] !== after[axis])
  const axis = differing[0]
  return differing.length === 1 && axis !== undefined && after[axis] === before[axis]! * ratio ? axis : undefined
}

/** The axis of a reshaped tensor that holds the batch, which was `axis` of `from`: as many elements precede it. */
export function reshapedBatchAxis(from: Shape, axis: number, to: Shape): number | undefined {
  const before = from.slice(0, axis).reduce((product, dim) => product * dim, 1)
  let product = 1
  for (const [at, dim] of to.entries()) {
    if (product === before) return at
    product *= dim
  }
  return undefined
}

/** A Reshape to a constant shape, its shapes under the declared batch, and the batch axis before and after. */
export interface FixedReshape {
  readonly node: NodeProto
  readonly target: readonly number[]
  readonly from: Shape
  readonly fromAxis: number
  readonly to: Shape
  readonly toAxis: number
}

/**
 * Makes a Reshape copy its batch dimension (0) or, where the batch moves to another axis, infer it (-1), which requires
 * all other sizes.
 *
 * @param sizesFixed whether the sizes in `to` hold for every image
 * @returns `undefined` where the batch moves and sizes are not fixed
 */
export function repairReshape(
  { node, target, from, fromAxis, to, toAxis }: FixedReshape,
  sizesFixed: boolean,
): Repair | undefined {
  const copies = fromAxis === toAxis && from[fromAxis] === to[toAxis] && intAttribute(node, 'allowzero', 0) === 0
  if (!copies && !sizesFixed) return undefined
  const shape = (copies ? target : to).map((dim, axis) => (axis === toAxis ? (copies ? 0 : -1) : dim))
  const name = `${node.output[0]}/free_batch_shape`
  return {
    nodes: [changed(node, { input: [node.input[0]!, name] })],
    constants: [int64Tensor(name, [shape.length], shape)],
  }
}

/**
 * Repairs a Concat of the image's features with constants of batch 1 (a class token): each constant is expanded to the
 * batch first.
 *
 * @param constants the constant inputs, with their shapes
 * @param like an input that has the batch at axis 0
 */
export function repairConcat(concat: NodeProto, constants: ReadonlyMap<string, Shape>, like: string): Repair {
  const prefix = `${concat.output[0]}/free_batch`
  const nodes: NodeProto[] = [
    node('Shape', [like], `${prefix}/shape`),
    node('Gather', [`${prefix}/shape`, `${prefix}/first`], `${prefix}/size`),
  ]
  const tensors = [int64Tensor(`${prefix}/first`, [1], [0])]
  const renamed = new Map<string, string>()
  for (const [name, shape] of constants) {
    const expanded = `${prefix}/${name}`
    renamed.set(name, expanded)
    tensors.push(int64Tensor(`${expanded}/rest`, [shape.length - 1], shape.slice(1)))
    nodes.push(node('Concat', [`${prefix}/size`, `${expanded}/rest`], `${expanded}/target`, { axis: 0 }))
    nodes.push(node('Expand', [name, `${expanded}/target`], expanded))
  }
  nodes.push(changed(concat, { input: concat.input.map((name) => renamed.get(name) ?? name) }))
  return { nodes, constants: tensors }
}
