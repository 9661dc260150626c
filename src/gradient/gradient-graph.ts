import { NpluskError } from '../core/errors.js'
import { valueInfo } from '../onnx/build.js'
import { elementTypeOf, indexGraph, trueInputs, type GraphIndex } from '../onnx/graph.js'
import { inferShapes, type Shape } from '../onnx/infer-shapes.js'
import {
  changed,
  isDefaultDomain,
  opsetVersion,
  type GraphProto,
  type LoadedModel,
  type NodeProto,
} from '../onnx/model.js'
import { keepNeeded } from '../onnx/prune.js'
import { DataType } from '../onnx/tensor.js'
import { checkGraph } from './check-graph.js'
import { dependants } from './dependants.js'
import { elementType } from './element-type.js'
import { gradientName, type GradientOptions } from './gradient-options.js'
import { Gradients } from './gradients.js'
import { NodeStep, type ForwardGraph } from './node-step.js'
import { rules } from './rules.js'
import { GraphWriter } from './writer.js'

/** The oldest version of the operator set that is taken. */
const oldestOpset = 13
/**
 * The version that those before it are raised to, so that gradients can be added where they are scattered. What came
 * between 13 and 17 only added types, attributes and operators, but for batch normalisation in training.
 */
const raisedOpset = 17

/**
 * The graph that gives a loss and its gradients, by reverse accumulation: from the loss back, each node turns the
 * gradients by its outputs into those by its inputs, and what a tensor gets from several nodes is summed (Griewank and
 * Walther, Evaluating Derivatives, 2nd edition, chapter 3).
 *
 * @param model an ONNX graph that predicts, with nodes in topological order, float32 on the way from `by` to `loss`. It
 *   is not changed.
 * @returns a model with the outputs `loss`, `outputs` and `gradientName(tensor)` for each tensor of `by`, and with what
 *   these need
 * @throws NpluskError `BAD_MODEL` where an operator on the way has no rule, a shape is not known, the operator set is
 *   older than 13, the graph is one for training, the loss has more than one element, it does not depend on a tensor of
 *   `by`, or the type of an output is not known
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
  const shapes = new Map(Object.entries(options.shapes))
  const inferred = inferShapes(graph, graph.node, shapes, { opset, useDeclared: false, index })
  checkGraph(index, inferred, options)

  const forward = { inferred, constants: index.constants, varying: dependants(graph.node, by) }
  const gradients = new Gradients(new GraphWriter(freePrefix(graph)))
  gradients.contribute(loss, gradients.writer.filled(inferred.shapes.get(loss)!, 1))
  const nodes = graph.node
    .toReversed()
    .map((node) => differentiated(node, forward, gradients))
    .toReversed()
  for (const name of by) {
    if (!gradients.has(name)) throw badModel(`"${loss}" does not depend on "${name}".`)
    gradients.nameBy(name, gradientName(name))
  }
  return assembled(raised(model, opset), index, nodes, gradients.writer, inferred.shapes, options)
}

/** Sends the gradients by a node's outputs on to its inputs. @returns the node, which may have to give more outputs */
function differentiated(node: NodeProto, forward: ForwardGraph, gradients: Gradients): NodeProto {
  const isOnTheWay =
    node.output.some((name) => gradients.has(name)) && node.output.some((name) => forward.varying.has(name))
  if (!isOnTheWay) return node
  const step = new NodeStep(node, forward, gradients)
  const rule = isDefaultDomain(node.domain) ? rules[node.opType] : undefined
  if (rule === undefined) throw step.refuse('the operator has no rule')
  const found = rule(step)
  node.input.forEach((input, i) => {
    if (!step.wants(i)) return
    if (found[i] === undefined) throw step.refuse(`"${input}" may not depend on what is differentiated by`)
    gradients.contribute(input, found[i])
  })
  return step.node
}

/** What no tensor's name begins with. */
function freePrefix({ node, initializer, input }: GraphProto): string {
  const names = [...node.flatMap(({ output }) => output), ...[...initializer, ...input].map(({ name }) => name)]
  let prefix = 'gradient/'
  while (names.some((name) => name.startsWith(prefix))) prefix = `_${prefix}`
  return prefix
}

/** The model with the gradient's nodes behind its own, and without what nothing needs. */
function assembled(
  model: LoadedModel,
  index: GraphIndex,
  nodes: readonly NodeProto[],
  { nodes: backward, constants }: GraphWriter,
  shapes: ReadonlyMap<string, Shape>,
  { loss, by, outputs = [] }: GradientOptions,
): LoadedModel {
  const { graph } = model
  const isVariable = new Set(by)
  const given = [...new Set([loss, ...outputs])]
  const typeOf = (name: string): DataType => {
    const type = elementType(name, index)
    if (type === undefined) throw badModel(`The type of "${name}" is not known; declare it as value_info in the model.`)
    return type
  }
  const variables = graph.initializer.filter(({ name }) => isVariable.has(name))
  const result = changed(graph, {
    node: [...nodes, ...backward],
    input: [
      // One that nothing needs may have no shape, and goes.
      ...trueInputs(graph).map((info) => valueInfo(info.name, elementTypeOf(info), shapes.get(info.name) ?? [])),
      ...variables.map(({ name }) => valueInfo(name, DataType.FLOAT, shapes.get(name)!)),
    ],
    output: [
      ...given.map((name) => valueInfo(name, typeOf(name), shapes.get(name)!)),
      ...by.map((name) => valueInfo(gradientName(name), DataType.FLOAT, shapes.get(name)!)),
    ],
    initializer: [...graph.initializer.filter(({ name }) => !isVariable.has(name)), ...constants],
    valueInfo: [],
  })
  keepNeeded(result)
  return changed(model, { graph: result })
}

function raised(model: LoadedModel, opset: number): LoadedModel {
  const opsetImport = model.opsetImport.map((one) =>
    isDefaultDomain(one.domain) ? changed(one, { version: BigInt(opset) }) : one,
  )
  return changed(model, { opsetImport })
}

function badModel(message: string): NpluskError {
  return new NpluskError('BAD_MODEL', message)
}
