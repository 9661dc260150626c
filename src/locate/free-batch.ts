import { NpluskError } from '../core/errors.js'
import { intAttribute } from '../onnx/graph.js'
import { inferShapes, type RuleContext, type Shape, type ShapeOverride } from '../onnx/infer-shapes.js'
import { cloneModel, opsetVersion, type LoadedModel, type NodeProto, type ValueInfoProto } from '../onnx/model.js'
import { batchAxis, repairConcat, repairReshape, reshapedBatchAxis, type Repair } from './batch-repairs.js'
import { analyseNetwork, inputShapes, type Network } from './network.js'
import { nameOf } from './order.js'
import type { ImageInput } from './types.js'

/** The trial batch is this many times the declared one; whatever does not grow with it is fixed. */
const ratio = 2

/**
 * Makes the batch dimension of a classifier free: in its input and outputs, in Reshapes to a constant shape, and in
 * constants concatenated with the image's features. Where the batch was fixed, shapes are inferred again for another
 * one, which verifies that every tensor grows with it.
 *
 * @param layout of the image, where it is known
 * @returns a new model, or `model` itself where nothing was fixed
 * @throws NpluskError `BAD_MODEL` where a node accepts one batch size only, or its operator is unknown
 */
export function freeBatch(model: LoadedModel, layout?: ImageInput['layout']): LoadedModel {
  const network = analyseNetwork(model, layout)
  const { input, index, order } = network
  const declared = input.batch === 'free' ? 1 : input.batch
  const repairs = new Map<NodeProto, Repair>()
  const override: ShapeOverride = (context, byRule) => {
    if (!network.fromImage.has(context.node.output[0] ?? '')) return undefined
    const fixed = repair(network, context, byRule?.[0])
    if (fixed) repairs.set(context.node, fixed.repair)
    // A declared free batch is trusted, even where an operator is unknown here.
    if (input.batch !== 'free') checkGrowth(network, context, fixed ? [fixed.shape] : byRule)
    return fixed && [fixed.shape]
  }
  inferShapes(model.graph, order, inputShapes(model, input, declared * ratio), {
    opset: opsetVersion(model),
    useDeclared: false,
    index,
    override,
  })
  if (repairs.size === 0 && input.batch === 'free') return model
  return rewrite(model, input.name, repairs, network)
}

/** The repair of a node that fixes the batch, and the shape of its output afterwards. */
function repair(
  network: Network,
  { node, shape, value }: RuleContext,
  byRule: Shape | undefined,
): { repair: Repair; shape: Shape } | undefined {
  const to = network.shapes.get(node.output[0]!)
  if (!to) return undefined
  if (node.opType === 'Reshape') {
    const from = network.shapes.get(node.input[0]!)
    const axis = from && shape(0) && batchAxis(from, shape(0)!, ratio)
    const target = value(1)
    const toAxis = axis === undefined ? undefined : reshapedBatchAxis(from!, axis, to)
    if (axis === undefined || toAxis === undefined || !target) return undefined
    const wanted = grown(to, toAxis)
    if (byRule?.join() === wanted.join()) return undefined
    const repaired = repairReshape({ node, target, from: from!, fromAxis: axis, to, toAxis }, network.sizesFixed)
    return repaired && { repair: repaired, shape: wanted }
  }
  if (node.opType === 'Concat' && !byRule && to[0] === 1 && intAttribute(node, 'axis', 0) !== 0) {
    const like = node.input.find((name) => network.fromImage.has(name))
    const constants = new Map<string, Shape>()
    for (const [i, name] of node.input.entries())
      if (!network.fromImage.has(name) && shape(i)) constants.set(name, shape(i)!)
    if (like === undefined || [...constants.values()].some((dims) => dims[0] !== 1)) return undefined
    return constants.size === 0 ? undefined : { repair: repairConcat(node, constants, like), shape: grown(to, 0) }
  }
  return undefined
}

/**
 * Throws unless each output grows along exactly one axis, or, where no input of the node grows (a scale), stays the
 * same.
 */
function checkGrowth(
  { shapes, input }: Network,
  context: RuleContext,
  after: readonly (Shape | undefined)[] | undefined,
): void {
  const { node } = context
  const reads = node.input.some((name, i) => shapes.get(name)?.join() !== context.shape(i)?.join())
  for (const [i, name] of node.output.entries()) {
    const before = shapes.get(name)
    // Further outputs (masks, scales) may be unknown and need not grow: nothing in a classifier reads them.
    if (i > 0 && (!before || !after?.[i] || before.length === 0)) continue
    if (
      before &&
      after?.[i] &&
      (reads ? batchAxis(before, after[i], ratio) !== undefined : before.join() === after[i].join())
    )
      continue
    throw new NpluskError(
      'BAD_MODEL',
      `The batch cannot be made free: node ${nameOf(node)} (${node.opType}) keeps the batch at ${input.batch}; export the model again with a dynamic batch.`,
      { data: { node: nameOf(node), opType: node.opType } },
    )
  }
}

function rewrite(
  model: LoadedModel,
  input: string,
  repairs: ReadonlyMap<NodeProto, Repair>,
  network: Network,
): LoadedModel {
  const result = cloneModel(model)
  result.graph.node = model.graph.node.flatMap((node, at) => repairs.get(node)?.nodes ?? [result.graph.node[at]!])
  for (const { constants } of repairs.values()) result.graph.initializer.push(...constants)
  removeUnread(result, new Set([...repairs.keys()].flatMap(({ input }) => input)))
  const grows = (name: string): boolean => name === input || network.fromImage.has(name)
  result.graph.input = result.graph.input.map((info) => (grows(info.name) ? withFreeBatch(info) : info))
  result.graph.output = result.graph.output.map((info) => (grows(info.name) ? withFreeBatch(info) : info))
  // Shapes recorded for intermediate tensors still hold the old batch; ONNX Runtime infers them itself.
  result.graph.valueInfo = []
  return result
}

/** Drops those initialisers among `candidates` that no node reads any more. */
function removeUnread({ graph }: LoadedModel, candidates: ReadonlySet<string>): void {
  const read = new Set([...graph.node.flatMap(({ input }) => input), ...graph.output.map(({ name }) => name)])
  const isUnread = (name: string): boolean => candidates.has(name) && !read.has(name)
  graph.initializer = graph.initializer.filter(({ name }) => !isUnread(name))
  graph.input = graph.input.filter(({ name }) => !isUnread(name))
}

function withFreeBatch(info: ValueInfoProto): ValueInfoProto {
  const { type } = info
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined
  if (!type || !tensor?.shape || tensor.shape.dim.length === 0) return info
  const [first, ...rest] = tensor.shape.dim
  const dim = [{ ...first!, value: { case: 'dimParam' as const, value: 'batch' } }, ...rest]
  return {
    ...info,
    type: {
      ...type,
      value: {
        case: 'tensorType',
        value: { ...tensor, shape: { ...tensor.shape, dim } },
      },
    },
  }
}

const grown = (shape: Shape, axis: number): number[] => shape.map((dim, at) => (at === axis ? dim * ratio : dim))
