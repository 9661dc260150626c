import type { GraphIndex } from '../onnx/graph.js'
import type { Feature } from './types.js'

/**
 * Which inputs of an operator with an 8-bit result are the scale and zero point of it (ONNX, and ONNX Runtime's
 * `com.microsoft` ones).
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

/** What moves 8-bit numbers, or takes some of them, and leaves scale and zero point what they were. */
const movers =
  /^(MaxPool|Flatten|Reshape|Squeeze|Unsqueeze|Transpose|Identity|Dropout|Gather|Slice|Split|Pad|Clip|Relu|DepthToSpace|SpaceToDepth|Resize|Concat)$/

/**
 * The constants by which a tensor's 8-bit numbers stand for floats: those of the operator that made them.
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
