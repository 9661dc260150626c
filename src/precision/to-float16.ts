import { NpluskError } from '../core/errors.js'
import { encodeFloat16 } from '../math/float16.js'
import { attribute, node } from '../onnx/build.js'
import { elementTypeOf, findAttribute, indexGraph, intAttribute, trueInputs } from '../onnx/graph.js'
import { cloneModel, type LoadedModel, type NodeProto, type TensorProto } from '../onnx/model.js'
import { DataType, dimsOf, floatTensor, readTensor, tensor } from '../onnx/tensor.js'
import { dropUnread } from './drop-unread.js'
import { scoreNodes } from './score-nodes.js'

type Width = 'half' | 'float'

/** The tensors that hold a value in each width; the missing one is added on first use. */
interface Value {
  half?: string
  float?: string
  /**
   * Constants and inputs are converted to the width of their reader; any other value fixes the width of its readers.
   */
  readonly flexible: boolean
}

/** First input that stays float32 whatever the operator computes in: scales, sizes and regions. */
const alwaysFloat: Readonly<Record<string, number>> = { Resize: 1, Upsample: 1 }
const linear = new Set(['Conv', 'Gemm', 'MatMul'])
/** Operators that return integers or booleans. */
const notFloat = new Set(
  'Shape Size ArgMax ArgMin NonZero Equal Greater GreaterOrEqual Less LessOrEqual IsNaN IsInf'.split(' '),
)
/** Operators whose second output holds indices or a mask. */
const firstOnly = new Set(['MaxPool', 'TopK', 'Dropout'])

/**
 * Converts a float32 graph to float16. Graph inputs and outputs keep their types, with casts in between. Two parts stay
 * float32: the operators that compute scores, because float16 would make ties of them; and whatever follows a Cast to
 * float32 after operators with weights, as in front of the features and heads that this program adds.
 *
 * @returns a new model
 * @throws NpluskError `BAD_MODEL` for graphs with branches or loops
 */
export function toFloat16(model: LoadedModel): LoadedModel {
  const result = cloneModel(model)
  const { graph } = result
  const constants = new Map(indexGraph(graph).constants)
  const scores = scoreNodes(graph)
  const outputs = new Set(graph.output.filter((one) => elementTypeOf(one) === DataType.FLOAT).map(({ name }) => name))
  const values = new Map<string, Value>()
  /** Tensors downstream of an operator with weights, by their names in the original graph. */
  const weighted = new Set<string>()
  const nodes: NodeProto[] = []
  const halves: TensorProto[] = []

  for (const input of trueInputs(graph)) {
    const { name } = input
    if (elementTypeOf(input) === DataType.FLOAT) values.set(name, { float: name, flexible: true })
    if (elementTypeOf(input) === DataType.FLOAT16) values.set(name, { half: name, flexible: false })
  }
  for (const [name, constant] of constants) addConstant(name, constant)

  function addConstant(name: string, constant: TensorProto): void {
    if (constant.dataType === DataType.FLOAT) values.set(name, { float: name, flexible: true })
    if (constant.dataType === DataType.FLOAT16) values.set(name, { half: name, flexible: false })
  }

  function as(name: string, width: Width): string {
    const value = values.get(name)
    if (value === undefined) return name
    return (value[width] ??= converted(name, value, width))
  }

  function converted(name: string, value: Value, width: Width): string {
    const output = `${name}/${width === 'half' ? 'float16' : 'float32'}`
    const constant = constants.get(name)
    if (constant && width === 'half') halves.push(halfTensor(output, constant))
    else nodes.push(cast(value.half ?? value.float!, output, width))
    return output
  }

  function push(one: NodeProto, width: Width | undefined, made: readonly string[]): void {
    nodes.push(one)
    for (const name of made) {
      if (width === undefined || name === '') continue
      if (width === 'half' && outputs.has(name)) {
        const half = `${name}/float16`
        one.output = one.output.map((own) => (own === name ? half : own))
        // The Cast takes over the name, as nodes here are named after their output.
        one.name = half
        nodes.push(cast(half, name, 'float'))
        values.set(name, { half, float: name, flexible: false })
      } else values.set(name, { [width]: name, flexible: false })
    }
  }

  for (const one of graph.node) {
    if (one.attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0)) {
      throw new NpluskError(
        'BAD_MODEL',
        `The model has a branch or a loop (${one.opType} ${one.name}) and cannot be made float16.`,
      )
    }
    const floats = one.input.map((name) => values.get(name)).filter((value) => value !== undefined)
    if (linear.has(one.opType) || one.input.some((name) => weighted.has(name)))
      one.output.forEach((name) => weighted.add(name))
    const fixed = floats.filter(({ flexible }) => !flexible)
    // A value that has both widths is a float16 one that is also a graph output.
    const width: Width = scores.has(one) || fixed.some(({ half }) => half === undefined) ? 'float' : 'half'
    if (one.opType === 'Cast') {
      pushCast(one)
    } else if (one.opType === 'Constant') {
      const plain = plainConstant(one)
      if (plain) {
        constants.set(plain.name, plain)
        addConstant(plain.name, plain)
      }
      nodes.push(one)
    } else if (one.opType === 'ConstantOfShape') {
      const value = findAttribute(one, 'value')?.t ?? floatTensor('', [1], [0])
      if (value.dataType === DataType.FLOAT) one.attribute = [attribute('value', { tensor: halfTensor('', value) })]
      push(
        one,
        value.dataType === DataType.FLOAT || value.dataType === DataType.FLOAT16 ? 'half' : undefined,
        one.output,
      )
    } else {
      const from = alwaysFloat[one.opType] ?? Infinity
      one.input = one.input.map((name, i) => as(name, i >= from ? 'float' : width))
      const isFloat = floats.length > 0 && !notFloat.has(one.opType)
      push(one, isFloat ? width : undefined, firstOnly.has(one.opType) ? one.output.slice(0, 1) : one.output)
    }
  }

  /**
   * A Cast to float32 before any operator with weights is where float16 begins; after one, it is where float16 ends.
   */
  function pushCast(one: NodeProto): void {
    const value = values.get(one.input[0]!)
    const ends = value !== undefined && weighted.has(one.input[0]!)
    const to = intAttribute(one, 'to', 0) as DataType
    const width = to === DataType.FLOAT16 || (to === DataType.FLOAT && !ends) ? 'half' : 'float'
    if (to === DataType.FLOAT && width === 'half') one.attribute = [attribute('to', DataType.FLOAT16)]
    one.input = [value?.half ?? value?.float ?? one.input[0]!]
    push(one, to === DataType.FLOAT || to === DataType.FLOAT16 ? width : undefined, one.output)
  }

  graph.node = nodes
  graph.initializer.push(...halves)
  // The types declared there no longer hold.
  graph.valueInfo = []
  dropUnread(result)
  return result
}

function cast(input: string, output: string, width: Width): NodeProto {
  return node('Cast', [input], output, { to: width === 'half' ? DataType.FLOAT16 : DataType.FLOAT })
}

function halfTensor(name: string, source: TensorProto): TensorProto {
  return tensor(name, DataType.FLOAT16, dimsOf(source), encodeFloat16(Float32Array.from(readTensor(source))))
}

/** The tensor of a Constant node that stores plain floats; `undefined` for any other Constant. */
function plainConstant(one: NodeProto): TensorProto | undefined {
  const single = findAttribute(one, 'value_float')
  if (single) return floatTensor(one.output[0]!, [], [single.f])
  const list = findAttribute(one, 'value_floats')?.floats
  return list && floatTensor(one.output[0]!, [list.length], list)
}
