import type { GraphIndex } from '../onnx/graph.js'
import type { Feature } from './types.js'

/**
 * Input positions of the scale and zero point of the result, for operators with an 8-bit result (those of ONNX, and of
 * ONNX Runtime's domain `com.microsoft`).
 */
const outputScale: Readonly<Record<string, readonly [scale: number, zeroPoint: number]>> = {
  QuantizeLinear: [1, 2],
  QLinearConv: [6, 7],
  QLinearMatMul: [6, 7],
  QGemm: [7, 8],
  QLinearAdd: [6, 7],
  QLinearMul: [6, 7],
  QLinearConcat: [0, 1],
  QLinearWhere: [7, 8],
  QLinearAveragePool: [3, 4],
  QLinearGlobalAveragePool: [3, 4],
  QLinearReduceMean: [3, 4],
  QLinearLeakyRelu: [3, 4],
  QLinearSigmoid: [3, 4],
  QLinearSoftmax: [3, 4],
}

/** Operators that move or select 8-bit values and keep their scale and zero point. */
const movers =
  /^(MaxPool|Flatten|Reshape|Squeeze|Unsqueeze|Transpose|Identity|Dropout|Gather|Slice|Split|Pad|Clip|Relu|DepthToSpace|SpaceToDepth|Resize|Concat)$/

/**
 * Finds scale and zero point of a tensor's 8-bit integers, which belong to the operator that computed them.
 *
 * @returns `undefined` for a tensor of floats, or of integers of unknown scale
 */
export function dequantiserOf({ producer, constants }: GraphIndex, tensor: string): Feature['dequantise'] {
  let node = producer.get(tensor)
  const seen = new Set<unknown>()
  while (node && movers.test(node.opType) && !seen.has(node)) {
    seen.add(node)
    node = producer.get(node.input[0] ?? '')
  }
  const places = node && outputScale[node.opType]
  const [scale = '', zeroPoint = ''] = places?.map((place) => node?.input[place] ?? '') ?? []
  return constants.has(scale) ? { scale, zeroPoint } : undefined
}
