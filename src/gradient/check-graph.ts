import { NpluskError } from '../core/errors.js'
import { elementTypeOf, intAttribute, trueInputs, type GraphIndex } from '../onnx/graph.js'
import type { InferredShapes } from '../onnx/infer-shapes.js'
import type { NodeProto, TensorProto } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { dropsAtRandom } from '../onnx/training-mode.js'
import { gradientName, type GradientOptions } from './gradient-options.js'

/** Refuses what is asked of a graph where the graph cannot give it. @throws NpluskError `BAD_MODEL` */
export function checkGraph(
  index: GraphIndex,
  inferred: InferredShapes,
  { loss, by, outputs = [], shapes }: GradientOptions,
): void {
  const { graph, producer, constants } = index
  const inputs = new Map(trueInputs(graph).map((info) => [info.name, info]))
  for (const name of [loss, ...by, ...outputs]) {
    if (!producer.has(name) && !constants.has(name) && !inputs.has(name)) refuse(`There is no tensor "${name}".`)
  }
  if (new Set(by).size < by.length) refuse('A tensor is named twice among those to differentiate by.')
  for (const [name, shape] of Object.entries(shapes)) {
    if (!inputs.has(name)) refuse(`There is no input "${name}"; the model has ${list(inputs.keys())}.`)
    if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
      refuse(`The shape of "${name}" is to be of whole numbers, batch included, not [${shape.join(', ')}].`)
    }
  }
  const other = by.find((name) => typeOf(name) !== DataType.FLOAT)
  if (other !== undefined) refuse(`"${other}" is not of type float32, and gradients are.`)
  const taken = by.map(gradientName).find((name) => producer.has(name) || constants.has(name) || inputs.has(name))
  if (taken !== undefined) refuse(`The model has a tensor "${taken}" already.`)
  const training = graph.node.find((node) => isTraining(node, constants))
  if (training !== undefined) {
    refuse(
      `The ${training.opType} that gives "${training.output[0]}" is one for training; export the model to predict.`,
    )
  }
  const size = sizeOf(loss)
  if (size !== 1) refuse(`"${loss}" is no loss: it has ${size} elements, not one.`)
  if (!producer.has(loss)) refuse(`"${loss}" is no loss: it is not computed.`)
  outputs.forEach(sizeOf)

  function typeOf(name: string): number {
    const input = inputs.get(name)
    return input ? elementTypeOf(input) : (constants.get(name)?.dataType ?? DataType.FLOAT)
  }

  function sizeOf(name: string): number {
    const shape = inferred.shapes.get(name)
    if (shape !== undefined) return shape.reduce((product, dim) => product * dim, 1)
    const missing = [...inputs.keys()].filter((input) => shapes[input] === undefined)
    if (missing.length > 0)
      refuse(`The shape of "${name}" is not known: those of the inputs ${list(missing)} are not given.`)
    const first = inferred.unclear[0]
    return refuse(
      first === undefined
        ? `The shape of "${name}" is not known.`
        : `The shape of "${name}" is not known, as that of "${first.output[0]}" is not: its inputs do not fit, or the operator ${first.opType} is not one whose shapes are known.`,
    )
  }
}

/** Whether a node drops something, or takes statistics from the batch. */
function isTraining(node: NodeProto, constants: ReadonlyMap<string, TensorProto>): boolean {
  const given = node.output.filter((name) => name !== '').length
  if (node.opType === 'BatchNormalization') return intAttribute(node, 'training_mode', 0) !== 0 || given > 1
  return dropsAtRandom(node, constants)
}

function list(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(', ')
}

function refuse(message: string): never {
  throw new NpluskError('BAD_MODEL', message)
}
