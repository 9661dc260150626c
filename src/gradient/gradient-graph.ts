import { NpluskError } from '../core/errors.js'
import { valueInfo } from '../onnx/build.js'
import { elementTypeOf, indexGraph, readTensors, trueInputs } from '../onnx/graph.js'
import { inferShapes, type Shape } from '../onnx/infer-shapes.js'
import { changed, opsetVersion, type LoadedModel, type NodeProto } from '../onnx/model.js'
import { prune } from '../onnx/prune.js'
import { DataType } from '../onnx/tensor.js'
import { Gradients } from './gradients.js'
import { NodeStep, type ForwardGraph } from './node-step.js'
import { rules } from './rules.js'
import { GraphWriter } from './writer.js'

/** What a gradient graph is made for. */
export interface GradientOptions {
  /** The tensor, of one element, whose gradient is wanted. */
  readonly loss: string
  /** Tensors to differentiate by: float32 initialisers or inputs. Initialisers become inputs, as they will change. */
  readonly by: readonly string[]
  /** Other tensors that the graph is to give, such as logits. @default none */
  readonly outputs?: readonly string[]
  /** The shape of each input, batch included, in plain numbers. */
  readonly shapes: Readonly<Record<string, Shape>>
}

/** The oldest version of the operator set that is taken. */
const oldestOpset = 13
/**
 * The version that those before it are raised to, so that gradients of maxima can be added where they are scattered.
 * What came between 13 and 17 only added types, attributes and operators.
 */
const raisedOpset = 17

/** The name of the output that gives the gradient by a tensor; it has the tensor's shape. */
export function gradientName(tensor: string): string {
  return `${tensor}/gradient`
}

/**
 * The graph that gives a loss and its gradients, by reverse accumulation: from the loss back, each node turns the
 * gradients by its outputs into those by its inputs, and what a tensor gets from several nodes is summed (Griewank and
 * Walther, Evaluating Derivatives, 2nd edition, chapter 3).
 *
 * Batch normalisation is taken with its statistics as constants, and dropout as absent, as both are in a model that
 * predicts.
 *
 * @param model an ONNX graph with nodes in topological order, float32 on the way from `by` to `loss`; not changed
 * @returns a model with the outputs `loss`, `outputs` and `gradientName(tensor)` for each tensor of `by`, and with what
 *   these need
 * @throws NpluskError `BAD_MODEL` where an operator on the way has no rule, a shape is not known, the operator set is
 *   older than 13, the loss has more than one element, or it does not depend on a tensor of `by`
 */
export function gradientGraph(model: LoadedModel, options: GradientOptions): LoadedModel {
  const { loss, by } = options
  const { graph } = model
  const given = opsetVersion(model)
  if (given < oldestOpset) {
    throw badModel(`The model is of operator set ${given}; gradients need ${oldestOpset} or later.`)
  }
  const opset = Math.max(given, raisedOpset)
  const index = indexGraph(graph)
  const isOther = (name: string) => (index.constants.get(name)?.dataType ?? DataType.FLOAT) !== DataType.FLOAT
  const other = by.find(isOther)
  if (other !== undefined) throw badModel(`"${other}" is not of type float32, and gradients are.`)
  const inferred = inferShapes(graph, graph.node, new Map(Object.entries(options.shapes)), {
    opset,
    useDeclared: false,
    index,
  })
  const size = inferred.shapes.get(loss)?.reduce((product, dim) => product * dim, 1)
  if (size !== 1) throw badModel(`"${loss}" is no loss: it has ${size ?? 'an unknown number of'} elements, not one.`)

  const forward = { inferred, constants: index.constants, varying: dependants(graph.node, by) }
  const gradients = new Gradients(new GraphWriter('gradient/'))
  gradients.contribute(loss, gradients.writer.filled(inferred.shapes.get(loss)!, 1))
  const nodes = graph.node
    .toReversed()
    .map((node) => differentiated(node, forward, gradients))
    .toReversed()
  for (const name of by) {
    if (!gradients.has(name)) throw badModel(`"${loss}" does not depend on "${name}".`)
    gradients.nameBy(name, gradientName(name))
  }
  return assembled(raised(model, opset), nodes, gradients.writer, inferred.shapes, options)
}

/** Sends the gradients by a node's outputs on to its inputs. @returns the node, which may have to give more outputs */
function differentiated(node: NodeProto, forward: ForwardGraph, gradients: Gradients): NodeProto {
  const isOnTheWay =
    node.output.some((name) => gradients.has(name)) && node.input.some((name) => forward.varying.has(name))
  if (!isOnTheWay) return node
  const step = new NodeStep(node, forward, gradients)
  const rule = rules[node.opType]
  if (rule === undefined) throw step.refuse('the operator has no rule')
  rule(step).forEach((gradient, i) => {
    if (gradient !== undefined && step.wants(i)) gradients.contribute(node.input[i]!, gradient)
  })
  return step.node
}

/** The tensors, and all that are computed from them. */
function dependants(nodes: readonly NodeProto[], tensors: readonly string[]): Set<string> {
  const found = new Set(tensors)
  for (const { input, output } of nodes) {
    if (input.some((name) => found.has(name))) for (const name of output) if (name !== '') found.add(name)
  }
  return found
}

/** The model with the gradient's nodes behind its own, and without what nothing needs. */
function assembled(
  model: LoadedModel,
  nodes: readonly NodeProto[],
  { nodes: backward, constants }: GraphWriter,
  shapes: ReadonlyMap<string, Shape>,
  { loss, by, outputs = [] }: GradientOptions,
): LoadedModel {
  const { graph } = model
  const isVariable = new Set(by)
  const given = [...new Set([loss, ...outputs])]
  const output = [...given, ...by.map(gradientName)]
  const shapeOf = (name: string) => shapes.get(name) ?? []
  const result = changed(graph, {
    node: [...nodes, ...backward],
    output: [
      ...given.map((name) => valueInfo(name, DataType.FLOAT, shapeOf(name))),
      ...by.map((name) => valueInfo(gradientName(name), DataType.FLOAT, shapeOf(name))),
    ],
    valueInfo: [],
  })
  prune(result, (name) => !output.includes(name))
  const isRead = readTensors(result)
  const inputs = trueInputs(graph).map((info) =>
    valueInfo(info.name, elementTypeOf(info) as DataType, shapeOf(info.name)),
  )
  const variables = graph.initializer.filter(({ name }) => isVariable.has(name))
  result.input = [...inputs, ...variables.map(({ name }) => valueInfo(name, DataType.FLOAT, shapeOf(name)))].filter(
    ({ name }) => isRead.has(name),
  )
  result.initializer = [...graph.initializer.filter(({ name }) => !isVariable.has(name)), ...constants].filter(
    ({ name }) => isRead.has(name),
  )
  return changed(model, { graph: result })
}

function raised(model: LoadedModel, opset: number): LoadedModel {
  const opsetImport = model.opsetImport.map((one) =>
    one.domain === '' || one.domain === 'ai.onnx' ? changed(one, { version: BigInt(opset) }) : one,
  )
  return changed(model, { opsetImport })
}

function badModel(message: string): NpluskError {
  return new NpluskError('BAD_MODEL', message)
}
