import { intAttribute } from '../onnx/graph.js'
import type { NodeProto } from '../onnx/model.js'
import type { Network } from './network.js'

/** A node that multiplies features by a constant kernel, as a classification head does. */
export interface LinearNode {
  readonly node: NodeProto
  readonly kind: string
  /** The tensor that holds the features. */
  readonly features: string
  /** Scale and zero point of the features, where they are quantised. */
  readonly dequantise?: { readonly scale: string; readonly zeroPoint: string }
  readonly classes: number
  readonly size: number
  readonly kernel: string
  readonly bias?: string
  /** Whether the kernel is stored as [classes, size, …]. */
  readonly transposed: boolean
  readonly isConvolution: boolean
}

/** Input positions of kernel and bias for each linear operator; the features are always input 0. */
const operators: Readonly<
  Record<
    string,
    {
      readonly kernel: number
      readonly bias?: number
      readonly quantised?: 'static' | 'dynamic'
    }
  >
> = {
  Gemm: { kernel: 1, bias: 2 },
  FusedGemm: { kernel: 1, bias: 2 },
  MatMul: { kernel: 1 },
  FusedMatMul: { kernel: 1 },
  Conv: { kernel: 1, bias: 2 },
  FusedConv: { kernel: 1, bias: 2 },
  QGemm: { kernel: 3, bias: 6, quantised: 'static' },
  QLinearMatMul: { kernel: 3, quantised: 'static' },
  QLinearConv: { kernel: 3, bias: 8, quantised: 'static' },
  MatMulInteger: { kernel: 1, quantised: 'dynamic' },
  ConvInteger: { kernel: 1, quantised: 'dynamic' },
}

export function isWeighted(opType: string): boolean {
  return opType in operators
}

/** Reads a node as one linear map from features to classes; `undefined` where it is none. */
export function readLinear(network: Network, node: NodeProto): LinearNode | undefined {
  const layout = operators[node.opType]
  if (!layout || intAttribute(node, 'transA', 0) === 1) return undefined
  const { shapes, fromImage, index } = network
  const features = node.input[0] ?? ''
  const kernel = node.input[layout.kernel] ?? ''
  const dims = shapes.get(kernel)
  if (!dims || !fromImage.has(features) || fromImage.has(kernel)) return undefined

  const isConvolution = node.opType.includes('Conv')
  if (
    isConvolution &&
    (intAttribute(node, 'group', 1) !== 1 || dims.length < 3 || dims.slice(2).some((dim) => dim !== 1))
  )
    return undefined
  if (!isConvolution && (dims.length < 2 || dims.slice(0, -2).some((dim) => dim !== 1))) return undefined
  const transposed = isConvolution || intAttribute(node, 'transB', 0) === 1
  const [rows, columns] = isConvolution ? [dims[0]!, dims[1]!] : [dims.at(-2)!, dims.at(-1)!]
  const [classes, size] = transposed ? [rows, columns] : [columns, rows]
  const bias = layout.bias === undefined ? '' : (node.input[layout.bias] ?? '')

  const dequantised = index.producer.get(kernel)?.opType === 'DequantizeLinear'
  const name = isConvolution ? `${node.opType}1x1` : node.opType
  return {
    node,
    kind: dequantised ? `QDQ ${name}` : name,
    classes,
    size,
    kernel,
    transposed,
    isConvolution,
    ...(bias === '' ? {} : { bias }),
    ...quantisedFeatures(network, node, layout.quantised),
  }
}

/**
 * Where features are 8-bit: the float tensor before dynamic quantisation, or the 8-bit tensor with its scale and zero
 * point.
 */
function quantisedFeatures(
  { index }: Network,
  node: NodeProto,
  quantised: 'static' | 'dynamic' | undefined,
): Pick<LinearNode, 'features' | 'dequantise'> {
  const features = node.input[0]!
  const maker = index.producer.get(features)
  if (quantised === 'dynamic' && maker?.input[0]) return { features: maker.input[0] }
  if (quantised === 'static')
    return {
      features,
      dequantise: { scale: node.input[1]!, zeroPoint: node.input[2]! },
    }
  return { features }
}
