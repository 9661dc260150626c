import { elementTypeOf, intAttribute, type GraphIndex } from '../onnx/graph.js'
import { DataType } from '../onnx/tensor.js'

/** Operators whose outputs are of one type. */
const fixed: Readonly<Record<string, DataType>> = {
  ...allOf(DataType.INT64, 'Shape Size ArgMax ArgMin NonZero'),
  ...allOf(DataType.BOOL, 'Equal Greater GreaterOrEqual Less LessOrEqual Not And Or Xor IsNaN IsInf'),
  ...allOf(DataType.INT32, 'MatMulInteger ConvInteger'),
}
/** The input that has the type of the output, where it is not the first. */
const typedBy: Readonly<Record<string, number>> = {
  Where: 1,
  CastLike: 1,
  DequantizeLinear: 1,
  QuantizeLinear: 2,
  QLinearConv: 7,
  QLinearMatMul: 7,
}
/** Operators whose outputs have types that their inputs do not tell. */
const untold = new Set(['ConstantOfShape', 'DynamicQuantizeLinear', 'QGemm', 'QLinearConcat'])

/** The type of a tensor, as declared or by the operators that it comes from; `undefined` where these do not tell. */
export function elementType(name: string, { graph, producer, constants }: GraphIndex): DataType | undefined {
  const infos = [...graph.input, ...graph.valueInfo, ...graph.output]
  const declared = new Map(infos.map((info) => [info.name, elementTypeOf(info)]))
  let at = name
  for (;;) {
    const known = declared.get(at) || constants.get(at)?.dataType
    if (known) return known
    const node = producer.get(at)
    if (node === undefined || untold.has(node.opType)) return undefined
    const type = node.opType === 'Cast' ? intAttribute(node, 'to', 0) : fixed[node.opType]
    if (type !== undefined) return type
    at = node.input[typedBy[node.opType] ?? 0] ?? ''
  }
}

function allOf(type: DataType, operators: string): Record<string, DataType> {
  return Object.fromEntries(operators.split(' ').map((operator) => [operator, type]))
}
