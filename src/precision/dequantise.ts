import { NpluskError } from '../core/errors.js'
import { node } from '../onnx/build.js'
import { rowGraph } from '../onnx/each-row.js'
import { indexGraph, intAttribute, type GraphIndex } from '../onnx/graph.js'
import {
  cloneModel,
  opsetVersion,
  type GraphProto,
  type LoadedModel,
  type NodeProto,
  type TensorProto,
} from '../onnx/model.js'
import { integerRange, isBlocked } from '../onnx/quantised-type.js'
import { DataType, dimsOf, floatTensor, readTensor } from '../onnx/tensor.js'
import { joinSplitAverages } from '../tflite/split-average.js'
import { dropUnread } from './drop-unread.js'

type Range = readonly [number, number]

const integerOperators = /^(QuantizeLinear|DynamicQuantizeLinear|QGemm|QLinear\w+|\w+Integer)$/

/**
 * Whether a graph has quantised weights or activations. A DequantizeLinear that only scales the image does not count.
 */
export function isQuantised(model: LoadedModel): boolean {
  const { graph } = rowGraph(model)
  const { constants } = indexGraph(graph)
  return graph.node.some(
    ({ opType, input }) =>
      integerOperators.test(opType) || (opType === 'DequantizeLinear' && constants.has(input[0] ?? '')),
  )
}

/**
 * Converts a QDQ graph (float operators between QuantizeLinear and DequantizeLinear) to float32: constants are
 * dequantised, and activations that were quantised are clamped to the range of their integers. The clamp is part of the
 * function: in such graphs it is often the only ReLU.
 *
 * @returns a new model, or `model` itself where nothing is quantised
 * @throws NpluskError `BAD_MODEL` for operators that compute in integers, for activations with a scale per channel, or
 * in other types than 8-bit integers, and for scales per block
 */
export function dequantise(model: LoadedModel): LoadedModel {
  if (!model.graph.node.some(({ opType }) => opType === 'DequantizeLinear' || integerOperators.test(opType)))
    return model
  const result = cloneModel(model)
  const { graph } = result
  joinSplitAverages(graph)
  dropUnread(result)
  const index = indexGraph(graph)
  const opset = opsetVersion(model)
  const ranges = new Map<string, Range>()
  const nodes: NodeProto[] = []
  for (const one of graph.node) {
    if (one.opType === 'DequantizeLinear') {
      const replacement = floatNodes(one, index, ranges, opset)
      const last = replacement.at(-1)
      if (last) last.name = one.name
      nodes.push(...replacement)
    } else {
      nodes.push(one)
      const range = outputRange(one, ranges)
      if (range) ranges.set(one.output[0]!, range)
    }
  }
  graph.node = nodes
  dropUnread(result)
  const left = graph.node.find(({ opType }) => integerOperators.test(opType))
  if (left) throw cannot(left, 'computes in integers')
  return result
}

/** The nodes that replace a DequantizeLinear; dequantised constants become initialisers. */
function floatNodes(dequantize: NodeProto, index: GraphIndex, ranges: Map<string, Range>, opset: number): NodeProto[] {
  const { graph, constants, producer } = index
  const [integers = '', scaleName = '', zeroName = ''] = dequantize.input
  const output = dequantize.output[0]!
  if (isBlocked(dequantize)) throw cannot(dequantize, 'has a scale for each block')
  const scales = constantOf(dequantize, scaleName, constants)
  const zeros = zeroName === '' ? undefined : constantOf(dequantize, zeroName, constants)

  const stored = constants.get(integers)
  if (stored) {
    graph.initializer.push(dequantisedConstant(dequantize, stored, scales, zeros))
    return []
  }
  if (scales.length !== 1) throw cannot(dequantize, 'has a scale for each channel of an activation')
  const [scale = 1, zero = 0] = [scales[0], zeros?.[0]]
  const quantize = producer.get(integers)
  if (quantize?.opType !== 'QuantizeLinear') {
    // Integers that no QuantizeLinear made, such as the pixels of an image.
    const [numbers, steps] = [`${output}/numbers`, `${output}/steps`]
    graph.initializer.push(floatTensor(`${output}/factor`, [], [scale]), floatTensor(`${output}/zero`, [], [zero]))
    return [
      node('Cast', [integers], numbers, { to: DataType.FLOAT }),
      node('Sub', [numbers, `${output}/zero`], steps),
      node('Mul', [steps, `${output}/factor`], output),
    ]
  }
  const [source = '', quantizeScale = '', quantizeZero = ''] = quantize.input
  const sameScale = quantizeScale === scaleName || constantOf(quantize, quantizeScale, constants)[0] === scale
  const sameZero =
    quantizeZero === zeroName || (quantizeZero === '' ? 0 : constantOf(quantize, quantizeZero, constants)[0]) === zero
  if (!sameScale || !sameZero || isBlocked(quantize))
    throw cannot(dequantize, 'does not undo the QuantizeLinear before it')
  const limits = integerRange(quantize, constants)
  if (!limits) throw cannot(quantize, 'gives other numbers than 8-bit integers')

  const range: Range = [(limits[0] - zero) * scale, (limits[1] - zero) * scale]
  const known = ranges.get(source)
  ranges.set(output, known ? [Math.max(known[0], range[0]), Math.min(known[1], range[1])] : range)
  if (known && known[0] >= range[0] && known[1] <= range[1]) return [node('Identity', [source], output)]
  return [clip(graph, source, output, range, opset)]
}

function clip(graph: GraphProto, source: string, output: string, [min, max]: Range, opset: number): NodeProto {
  if (opset < 11) return node('Clip', [source], output, { min: { float: min }, max: { float: max } })
  const limits = [`${output}/min`, `${output}/max`] as const
  graph.initializer.push(floatTensor(limits[0], [], [min]), floatTensor(limits[1], [], [max]))
  return node('Clip', [source, ...limits], output)
}

/** scale · (stored − zero point), with one scale, or one per index of an axis. */
function dequantisedConstant(
  dequantize: NodeProto,
  stored: TensorProto,
  scales: ArrayLike<number>,
  zeros: ArrayLike<number> | undefined,
): TensorProto {
  const dims = dimsOf(stored)
  const numbers = readTensor(stored)
  const axis = intAttribute(dequantize, 'axis', 1)
  const at = axis < 0 ? axis + dims.length : axis
  if (scales.length !== 1 && scales.length !== dims[at]) throw cannot(dequantize, 'has scales that do not fit an axis')
  const inner = scales.length === 1 ? numbers.length : dims.slice(at + 1).reduce((product, size) => product * size, 1)
  const values = new Float32Array(numbers.length)
  for (let start = 0; start < values.length; start += inner) {
    const channel = (start / inner) % scales.length
    const [scale, zero] = [scales[channel]!, zeros?.[channel] ?? 0]
    for (let i = start; i < start + inner; i++) values[i] = (numbers[i]! - zero) * scale
  }
  return floatTensor(dequantize.output[0]!, dims, values)
}

const rangePreserving = new Set(['MaxPool', 'Concat', 'Flatten', 'Reshape', 'Squeeze', 'Transpose', 'Identity', 'Clip'])

/**
 * The output range of an operator whose results stay within the range of its inputs; an average may also count padding
 * zeros.
 */
function outputRange({ opType, input }: NodeProto, ranges: ReadonlyMap<string, Range>): Range | undefined {
  const averages = opType === 'AveragePool' || opType === 'GlobalAveragePool'
  if (!averages && !rangePreserving.has(opType)) return undefined
  const own = (opType === 'Concat' ? input : input.slice(0, 1)).map((name) => ranges.get(name))
  if (!own.every((range) => range !== undefined)) return undefined
  const all = averages ? [...own, [0, 0] as const] : own
  return [Math.min(...all.map(([min]) => min)), Math.max(...all.map(([, max]) => max))]
}

function constantOf(reader: NodeProto, name: string, constants: ReadonlyMap<string, TensorProto>): ArrayLike<number> {
  const found = constants.get(name)
  if (!found) throw cannot(reader, 'has a scale or a zero point that is computed')
  return readTensor(found)
}

function cannot({ opType, name, output }: NodeProto, why: string): NpluskError {
  return new NpluskError(
    'BAD_MODEL',
    `The model cannot be turned into a float one: its ${opType} ${name || output[0]} ${why}; use it as int8.`,
  )
}
