import { floatAttribute } from '../onnx/graph.js'
import type { LoadedModel } from '../onnx/model.js'
import { dequantiseConstant, readConstant } from './constants.js'
import type { LinearNode } from './linear.js'
import { analyseNetwork, type Network } from './network.js'
import { nameOf } from './order.js'
import { walkBack, type AffineStep } from './tail.js'
import type { HeadLocation } from './types.js'

/** The weights of the base's head: logits = kernel · features + bias. */
export interface HeadWeights {
  /** [classes, size], row-major. */
  readonly kernel: Float32Array
  /** [classes]. */
  readonly bias: Float32Array
}

/**
 * Reads the head's weights, dequantised, and folds in every constant that follows the head (a bias in a separate Add, a
 * temperature). A ReLU after the head, or an average over positions, is left to the caller.
 *
 * @returns `undefined` where they are not constants of the graph in a known form
 * @throws NpluskError `BAD_MODEL` where they are damaged, or lie in an external file that was not loaded
 */
export function headWeights(model: LoadedModel, location: HeadLocation): HeadWeights | undefined {
  const network = analyseNetwork(model)
  const tail = walkBack(network, location.logits)
  if ('reason' in tail || tail.isSummed || nameOf(tail.linear.node) !== location.head) return undefined
  const { linear, affine } = tail
  const kernel = readKernel(network, linear)
  const bias = kernel && readBias(network, linear)
  if (!kernel || !bias) return undefined
  for (const step of affine) if (!foldStep(network, step, kernel, bias)) return undefined
  return { kernel, bias }
}

/** The kernel as [classes, size], before any step that follows the node. */
function readKernel({ index }: Network, linear: LinearNode): Float32Array | undefined {
  const { node, classes, size, transposed } = linear
  const stored = readConstant(index, linear.kernel)
  // The scale and zero point of quantised weights: inputs 4 and 5 of QLinearMatMul, QLinearConv and QGemm.
  const isStatic = linear.dequantise !== undefined
  const scale = isStatic ? readConstant(index, node.input[4] ?? '')?.data : Float32Array.of(1)
  const zeroPoint = readConstant(index, node.input[isStatic ? 5 : isDynamic(linear) ? 3 : -1] ?? '')?.data
  if (!stored || !scale || stored.data.length !== classes * size) return undefined
  const dims = transposed ? [classes, size] : [size, classes]
  const values = dequantiseConstant({ dims, data: stored.data }, scale, zeroPoint, transposed ? 0 : 1)?.data
  if (!values) return undefined
  const alpha = /Gemm|FusedMatMul/.test(node.opType) ? floatAttribute(node, 'alpha', 1) : 1
  const kernel = new Float32Array(classes * size)
  for (let c = 0; c < classes; c++) {
    for (let f = 0; f < size; f++) kernel[c * size + f] = alpha * values[transposed ? c * size + f : f * classes + c]!
  }
  return kernel
}

function readBias({ index }: Network, linear: LinearNode): Float32Array | undefined {
  const { node, classes } = linear
  if (linear.bias === undefined) return new Float32Array(classes)
  const stored = readConstant(index, linear.bias)?.data
  if (!stored) return undefined
  // The bias of a quantised node has the scale (scale of the features · scale of the weights).
  const featureScale = linear.dequantise ? readConstant(index, linear.dequantise.scale)?.data : Float32Array.of(1)
  const kernelScale = linear.dequantise ? readConstant(index, node.input[4] ?? '')?.data : Float32Array.of(1)
  if (!featureScale || !kernelScale) return undefined
  const beta = node.opType.endsWith('Gemm') ? floatAttribute(node, node.opType === 'QGemm' ? 'alpha' : 'beta', 1) : 1
  return Float32Array.from(
    { length: classes },
    (_, c) => beta * at(stored, c) * at(featureScale, 0) * at(kernelScale, c),
  )
}

/**
 * Folds one constant that follows the head into its weights; `false` where it is neither a scalar nor one value per
 * class.
 */
function foldStep({ index }: Network, step: AffineStep, kernel: Float32Array, bias: Float32Array): boolean {
  const values = step.isDynamic ? weightScale(index, step.constant) : readStepConstant(index, step)
  if (!values || (values.length !== 1 && values.length !== bias.length)) return false
  const size = kernel.length / bias.length
  for (let c = 0; c < bias.length; c++) {
    const value = at(values, c)
    if (step.operation === 'Add') bias[c]! += value
    else if (step.operation === 'Sub') bias[c]! -= value
    else {
      const factor = step.operation === 'Mul' ? value : 1 / value
      bias[c]! *= factor
      for (let i = c * size; i < (c + 1) * size; i++) kernel[i]! *= factor
    }
  }
  return true
}

function readStepConstant(
  index: Network['index'],
  { constant, dequantise: by }: AffineStep,
): ArrayLike<number> | undefined {
  const stored = readConstant(index, constant)
  if (!stored || !by) return stored?.data
  const scale = readConstant(index, by.scale)?.data
  return scale && dequantiseConstant(stored, scale, readConstant(index, by.zeroPoint)?.data, 0)?.data
}

/**
 * Dynamic quantisation multiplies the scores by (scale of the features, computed) · (scale of the weights, constant);
 * this is the constant factor.
 */
function weightScale(index: Network['index'], product: string): ArrayLike<number> | undefined {
  const node = index.producer.get(product)
  if (node?.opType !== 'Mul') return undefined
  return readConstant(index, node.input[1] ?? '')?.data ?? readConstant(index, node.input[0] ?? '')?.data
}

const isDynamic = ({ node }: LinearNode): boolean => node.opType.endsWith('Integer')

const at = (values: ArrayLike<number>, i: number): number => values[values.length === 1 ? 0 : i] ?? 0
