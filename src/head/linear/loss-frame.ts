import { graphModel, node, valueInfo } from '../../onnx/build.js'
import { encodeModel, type NodeProto, type TensorProto } from '../../onnx/model.js'
import { DataType, int64Tensor, tensor } from '../../onnx/tensor.js'

/** What makes a loss of scores. It may be part of the training graph of any kind of head. */
export interface LossPart {
  readonly name: string
  readonly initializers: readonly TensorProto[]
  /**
   * From `z` [n, R, k], the scores, and `isTarget` [n, 1, k] to `loss` [n, R, 1] and `zGradient3d` [n, R, k], both
   * weighted. They may read `oldLogSumExp`, `oldTarget` and `rowWeight`, and reduce along `classAxis`.
   */
  readonly nodes: readonly NodeProto[]
}

/** The inputs that every training graph takes: features, their standardisation, and the columns of the rows. */
export const rowInputs = [
  valueInfo('features', DataType.FLOAT, ['n', 'D']),
  valueInfo('mean', DataType.FLOAT, [1, 'D']),
  valueInfo('inverseDeviation', DataType.FLOAT, ['D']),
  valueInfo('oldLogSumExp', DataType.FLOAT, ['n', 1, 1]),
  valueInfo('oldTarget', DataType.FLOAT, ['n', 1, 1]),
  valueInfo('target', DataType.INT32, ['n', 1, 1]),
  valueInfo('rowWeight', DataType.FLOAT, ['n', 'R', 1]),
]

/**
 * A loss of linear heads and its gradient, as an ONNX graph for any execution provider, for a block of n rows and R
 * problems over k classes.
 *
 * V and c apply to standardised features, (x − μ)/σ, but the graph reads raw ones: z = x·W + b with W = V/σ and
 * b = c − W·μ.
 *
 * Inputs: `features` [n, D], `mean` [1, D], `inverseDeviation` [D], `weight` V [R·k, D], `bias` c [R·k], `oldLogSumExp`
 * and `oldTarget` [n, 1, 1], `target` int32 [n, 1, 1] (-1: none), `rowWeight` [n, R, 1]. Outputs: `loss` [n, R, 1],
 * `weightGradient` [R·k, D], `biasGradient` [R·k].
 */
export function frameLoss(classes: number, loss: LossPart): Uint8Array {
  const float = DataType.FLOAT
  return encodeModel(
    graphModel({
      name: loss.name,
      opset: 17,
      inputs: [...rowInputs, valueInfo('weight', float, ['Rk', 'D']), valueInfo('bias', float, ['Rk'])],
      outputs: [
        valueInfo('loss', float, ['n', 'R', 1]),
        valueInfo('weightGradient', float, ['Rk', 'D']),
        valueInfo('biasGradient', float, ['Rk']),
      ],
      initializers: [int64Tensor('byProblem', [3], [0, -1, classes]), ...lossConstants(classes), ...loss.initializers],
      nodes: [
        ...standardisedProduct({ weight: 'weight', bias: 'bias' }, 'scores'),
        node('Reshape', ['scores', 'byProblem'], 'z'),
        node('Equal', ['target', 'classIndex'], 'isTarget'),
        ...loss.nodes,
        node('Reshape', ['zGradient3d', 'flat'], 'zGradient'),
        ...productGradients('zGradient', { weight: 'weightGradient', bias: 'biasGradient' }),
      ],
    }),
  )
}

/** What the nodes of losses and products read beside inputs. */
export function lossConstants(classes: number): TensorProto[] {
  return [
    int64Tensor('flat', [2], [0, -1]),
    int64Tensor('classAxis', [1], [2]),
    int64Tensor('columnAxis', [1], [1]),
    int64Tensor('rowAxis', [1], [0]),
    tensor(
      'classIndex',
      DataType.INT32,
      [classes],
      Int32Array.from({ length: classes }, (_, c) => c),
    ),
  ]
}

/** Names of weights [m, D] on standardised features, and of biases [m], or of their gradients. */
interface ProductNames {
  readonly weight: string
  readonly bias: string
}

/** From `features` to their product with weights on standardised features, [n, m]. */
export function standardisedProduct({ weight, bias }: ProductNames, product: string): NodeProto[] {
  return [
    node('Mul', [weight, 'inverseDeviation'], 'rawWeight'),
    node('Gemm', ['mean', 'rawWeight'], 'ofMean', { transB: 1 }),
    node('Sub', [bias, 'ofMean'], 'rawBias'),
    node('Gemm', ['features', 'rawWeight', 'rawBias'], product, { transB: 1 }),
  ]
}

/** From the gradient of such a product, [n, m], to those of its weights and biases. */
export function productGradients(gradient: string, { weight, bias }: ProductNames): NodeProto[] {
  return [
    node('ReduceSum', [gradient, 'rowAxis'], bias, { keepdims: 0 }),
    node('Transpose', [gradient], 'gradientT', { perm: [1, 0] }),
    node('MatMul', ['gradientT', 'features'], 'rawGradient'),
    node('Unsqueeze', [bias, 'columnAxis'], 'biasColumn'),
    node('Mul', ['biasColumn', 'mean'], 'gradientOfMean'),
    node('Sub', ['rawGradient', 'gradientOfMean'], 'centredGradient'),
    node('Mul', ['centredGradient', 'inverseDeviation'], weight),
  ]
}
