import { findAttribute, indexGraph, type GraphIndex } from './graph.js'
import type { GraphProto, NodeProto } from './model.js'
import type { RuleContext, Shape } from './shape-rule.js'
import { shapeRules } from './shape-rules.js'
import { knownValues } from './shape-values.js'
import { DataType, dimsOf, readTensor } from './tensor.js'
import { declaredShapes } from './declared-shapes.js'

export type { RuleContext, Shape } from './shape-rule.js'

export interface InferredShapes {
  /** Shapes by tensor name; a tensor of unknown shape is absent. */
  readonly shapes: ReadonlyMap<string, Shape>
  /** Contents of small integer tensors (shape arithmetic), by tensor name. */
  readonly values: ReadonlyMap<string, readonly number[]>
  /**
   * Nodes whose output shapes could not be inferred: the inputs do not fit or are unknown, or the operator has no rule.
   */
  readonly unclear: readonly NodeProto[]
}

/** Output shapes that replace those of the node's rule, or `undefined` to keep them. */
export type ShapeOverride = (
  context: RuleContext,
  byRule: readonly (Shape | undefined)[] | undefined,
) => readonly Shape[] | undefined

/** Larger integer tensors are data, not shapes, and are not read. */
const maxShapeTensor = 64
/** No classifier has a tensor of so many elements: such a shape comes from a damaged file. */
const maxElements = 2 ** 40

/**
 * Infers shapes through a graph, node by node, with every size a plain number.
 *
 * It knows the operators of image classifiers and never throws: where an operator is not known, or its inputs do not
 * fit, it takes the shape that the file declares (`value_info`), and without one the tensor gets no shape.
 *
 * @param order the graph's nodes in topological order
 * @param inputs the shape of each graph input
 * @param useDeclared whether declared shapes may be used; false when `inputs` differ from the declared ones
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
    if (content && content.length <= maxShapeTensor) values.set(node.output[0]!, content)
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
  return (type === DataType.INT64 || type === DataType.INT32) && count <= maxShapeTensor
}

function isPlausible(shape: Shape): boolean {
  let count = 1
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) return false
    count *= dim
  }
  return count <= maxElements
}

/** A damaged attribute or tensor only makes its node unclear; if it matters, it is found missing later. */
function tryRead<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
