import { intAttribute } from './graph.js'
import type { NodeProto, TensorProto } from './model.js'
import { DataType } from './tensor.js'

/**
 * Smallest and largest of the integers that a QuantizeLinear gives. Their type is the zero point's, else the one that
 * the node names (from opset 21 on), else uint8.
 *
 * @returns `undefined` for other types than those of 8-bit integers
 */
export function integerRange(
  quantize: NodeProto,
  constants: ReadonlyMap<string, TensorProto>,
): readonly [least: number, greatest: number] | undefined {
  const zeroPoint = constants.get(quantize.input[2] ?? '')
  const type = (zeroPoint?.dataType ?? intAttribute(quantize, 'output_dtype', 0)) || DataType.UINT8
  if (type === DataType.UINT8) return [0, 255]
  return type === DataType.INT8 ? [-128, 127] : undefined
}

/** Whether a QuantizeLinear or DequantizeLinear has a scale for each block of an axis (from opset 21 on). */
export function isBlocked(node: NodeProto): boolean {
  return intAttribute(node, 'block_size', 0) !== 0
}
