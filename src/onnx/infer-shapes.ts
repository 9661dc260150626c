import { findAttribute, indexGraph, type GraphIndex } from './graph.js'
import type { GraphProto, NodeProto } from './model.js'
import type { RuleContext, Shape } from './shape-rule.js'
import { shapeRules } from './shape-rules.js'
import { knownValues } from './shape-values.js'
import { DataType, dimsOf, readTensor } from './tensor.js'
import { declaredShapes } from './declared-shapes.js'

export type { RuleContext, Shape } from './shape-rule.js'

export interface InferredShapes {
  /** Shapes by tensor name; a tensor whose shape could not be told is absent. */
  readonly shapes: ReadonlyMap<string, Shape>
  /** Contents of small integer tensors (shape arithmetic), by tensor name. */
  readonly values: ReadonlyMap<string, readonly number[]>
  /** Nodes whose inputs are known but do not fit them, or whose operator has no rule. */
  readonly unclear: readonly NodeProto[]
}

/** Shapes that take the place of what a node's rule gives, or `undefined` to let the rule decide. */
export type ShapeOverride = (
  context: RuleContext,
  byRule: readonly (Shape | undefined)[] | undefined,
) => readonly Shape[] | undefined

/** Larger integer tensors are data, not shapes: they are not read. */
const largestShapeTensor = 64
/** No classifier holds a tensor of so many elements: a shape like it comes from a damaged file. */
const mostElements = 2 ** 40

/**
 * Follows shapes through a graph, node after node, with every size a plain number.
 *
 * It knows the operators that image classifiers are made of and never throws: where an operator is not known, or its
 * inputs do not fit, the shape that the file itself declares (`value_info`) is taken, and where there is none the
 * tensor stays without a shape.
 *
 * @param order the graph's nodes in topological order
 * @param inputs the shape of each graph input
 * @param useDeclared whether shapes the file declares may be taken; leave it off when `inputs` differ from what is
 * declared
 */
export function inferShapes(
  graph: GraphProto,
  order: readonly NodeProto[],
  inputs: ReadonlyMap<string, Shape>,
  options: {
    readonly opset: number
    readonly useDeclared: boolean
    readonly index?: GraphIndex
    readonly override?: ShapeOverride
  },
): InferredShapes {
  const index = options.index ?? indexGraph(graph)
  const shapes = new Map<string, Shape>()
  const values = new Map<string, readonly number[]>()
  const unclear: NodeProto[] = []
  for (const [name, shape] of inputs) if (isPlausible(shape)) shapes.set(name, shape)
  for (const [name, tensor] of index.constants) {
    const dims = dimsOf(tensor)
    if (!isPlausible(dims)) continue
    shapes.set(name, dims)
    const content = smallIntegers(tensor.dataType, dims) ? tryRead(() => readTensor(tensor)) : undefined
    if (content) values.set(name, Array.from(content))
  }
  const declared = options.useDeclared
    ? declaredShapes([...graph.valueInfo, ...graph.output])
    : new Map<string, Shape>()

  for (const node of order) {
    const context: RuleContext = {
      node,
      opset: options.opset,
      shape: (i) => shapes.get(node.input[i] ?? ''),
      value: (i) => values.get(node.input[i] ?? ''),
    }
    const content = tryRead(() => knownValues(context))
    if (content && content.length <= largestShapeTensor) values.set(node.output[0]!, content)
    const byRule =
      node.opType === 'Constant' ? constantShape(node, shapes) : tryRead(() => shapeRules[node.opType]?.(context))
    const inferred = options.override?.(context, byRule) ?? byRule
    if (!inferred) unclear.push(node)
    node.output.forEach((name, i) => {
      if (name === '') return
      const shape = inferred?.[i]
      const chosen = shape && isPlausible(shape) ? shape : declared.get(name)
      if (chosen) shapes.set(name, chosen)
    })
  }
  return { shapes, values, unclear }
}

/** Constant nodes whose value is not a tensor (`value_int`, `value_floats`, …). */
function constantShape(node: NodeProto, shapes: ReadonlyMap<string, Shape>): Shape[] | undefined {
  const known = shapes.get(node.output[0]!)
  if (known) return [[...known]]
  const list = findAttribute(node, 'value_ints')?.ints ?? findAttribute(node, 'value_floats')?.floats
  if (list) return [[list.length]]
  return findAttribute(node, 'value_int') || findAttribute(node, 'value_float') ? [[]] : undefined
}

function smallIntegers(type: number, dims: Shape): boolean {
  const count = dims.reduce((product, dim) => product * dim, 1)
  return (type === DataType.INT64 || type === DataType.INT32) && count <= largestShapeTensor
}

function isPlausible(shape: Shape): boolean {
  let count = 1
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) return false
    count *= dim
  }
  return count <= mostElements
}

/** A damaged attribute or tensor makes its node unclear, nothing more: what matters of it is found missing later. */
function tryRead<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
