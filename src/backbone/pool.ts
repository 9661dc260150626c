import type { NodeProto, TensorProto } from '../onnx/model.js'
import { node } from '../onnx/build.js'
import { int64Tensor } from '../onnx/tensor.js'
import type { Feature, Grid } from '../locate/locate.js'

/** Nodes and constants to add to a graph. */
export interface Additions {
  readonly nodes: NodeProto[]
  readonly initializers: TensorProto[]
  /** Version of the operators. */
  readonly opset: number
}

/**
 * Adds the nodes that average a feature over positions, as a whole or over the cells of a grid.
 *
 * @param tensor the feature's tensor as floats
 * @param name prefix of the names of what is added
 * @returns the tensor [batch, size]
 */
export function pool(
  to: Additions,
  { select, axes, grid, channelAxis }: Feature,
  tensor: string,
  name: string,
): string {
  if (grid) return flatten(to.nodes, poolCells(to, grid, channelAxis, tensor, name), `${name}/flat`)
  let current = tensor
  if (select) {
    to.initializers.push(int64Tensor(`${name}/index`, [1], [select.index]))
    to.nodes.push(node('Gather', [current, `${name}/index`], `${name}/selected`, { axis: select.axis }))
    current = `${name}/selected`
  } else if (axes.length > 0) {
    if (to.opset >= 18) {
      to.initializers.push(int64Tensor(`${name}/axes`, [axes.length], axes))
      to.nodes.push(node('ReduceMean', [current, `${name}/axes`], `${name}/mean`, { keepdims: 1 }))
    } else {
      to.nodes.push(node('ReduceMean', [current], `${name}/mean`, { axes, keepdims: 1 }))
    }
    current = `${name}/mean`
  }
  return flatten(to.nodes, current, `${name}/flat`)
}

/** Adds the averages over the cells of a grid, [batch, channels, cells, cells]. */
function poolCells(
  { nodes, initializers, opset }: Additions,
  { kernel, stride, tokens }: Grid,
  channelAxis: number,
  tensor: string,
  name: string,
): string {
  let planes = tensor
  if (tokens) {
    const { others, sides } = tokens
    const limits = { starts: [others], ends: [others + sides[0]! * sides[1]!], axes: [1] }
    if (opset >= 10) {
      const parts = Object.entries(limits).map(([part, value]) => int64Tensor(`${name}/${part}`, [1], value))
      initializers.push(...parts)
      nodes.push(node('Slice', [tensor, ...parts.map((part) => part.name)], `${name}/positions`))
    } else {
      nodes.push(node('Slice', [tensor], `${name}/positions`, limits))
    }
    initializers.push(int64Tensor(`${name}/sides`, [4], [0, 0, ...sides]))
    nodes.push(
      node('Transpose', [`${name}/positions`], `${name}/channels`, { perm: [0, 2, 1] }),
      node('Reshape', [`${name}/channels`, `${name}/sides`], `${name}/planes`),
    )
    planes = `${name}/planes`
  } else if (channelAxis === 3) {
    nodes.push(node('Transpose', [tensor], `${name}/planes`, { perm: [0, 3, 1, 2] }))
    planes = `${name}/planes`
  }
  nodes.push(node('AveragePool', [planes], `${name}/cells`, { kernel_shape: kernel, strides: stride }))
  return `${name}/cells`
}

/** Adds a Flatten to [batch, …]. */
export function flatten(nodes: NodeProto[], tensor: string, name: string): string {
  nodes.push(node('Flatten', [tensor], name, { axis: 1 }))
  return name
}
