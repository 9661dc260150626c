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

/** The inputs of every training graph that are columns of the rows. */
export const rowInputs = [
  valueInfo('oldLogSumExp', DataType.FLOAT, ['n', 1, 1]),
  valueInfo('oldTarget', DataType.FLOAT, ['n', 1, 1]),
  valueInfo('target', DataType.INT32, ['n', 1, 1]),
  valueInfo('rowWeight', DataType.FLOAT, ['n', 'R', 1]),
]

/**
 * The inputs of every training graph that are features, with their standardisation.
 *
 * @param suffix of all names of a group of columns
 */
export function featureInputs(suffix = '') {
  const dim = `D${suffix}`
  return [
    valueInfo(`features${suffix}`, DataType.FLOAT, ['n', dim]),
    valueInfo(`mean${suffix}`, DataType.FLOAT, [1, dim]),
    valueInfo(`inverseDeviation${suffix}`, DataType.FLOAT, [dim]),
  ]
}

/** What names of a group of columns end with. */
export function suffixOf(group: number): string {
  return `/${group}`
}

/**
 * A loss of linear heads and its gradient, as an ONNX graph for any execution provider, for a block of n rows and R
 * problems over k classes. The columns are those of all groups g, side by side.
 *
 * V and c apply to standardised features, (x − μ)/σ, but the graph reads raw ones: z = x·W + b with W = V/σ and
 * b = c − W·μ.
 *
 * Inputs, for every group of K columns: `features/g` [n, D], `mean/g` [1, D], `inverseDeviation/g` [D], `weight/g` V
 * [R·K, D], `bias/g` c [R·K]; and `oldLogSumExp` and `oldTarget` [n, 1, 1], `target` int32 [n, 1, 1] (-1: none),
 * `rowWeight` [n, R, 1]. Outputs: `loss` [n, R, 1], and for every group `weightGradient/g` [R·K, D] and
 * `biasGradient/g` [R·K].
 *
 * @param columns K of every group
 */
export function frameLoss(columns: readonly number[], loss: LossPart): Uint8Array {
  const float = DataType.FLOAT
  const classes = columns.reduce((sum, one) => sum + one, 0)
  const suffixes = columns.map((_, g) => suffixOf(g))
  const named = (name: string) => suffixes.map((suffix) => `${name}${suffix}`)
  return encodeModel(
    graphModel({
      name: loss.name,
      opset: 17,
      inputs: [
        ...rowInputs,
        ...suffixes.flatMap((suffix) => [
          ...featureInputs(suffix),
          valueInfo(`weight${suffix}`, float, [`RK${suffix}`, `D${suffix}`]),
          valueInfo(`bias${suffix}`, float, [`RK${suffix}`]),
        ]),
      ],
      outputs: [
        valueInfo('loss', float, ['n', 'R', 1]),
        ...suffixes.flatMap((suffix) => [
          valueInfo(`weightGradient${suffix}`, float, [`RK${suffix}`, `D${suffix}`]),
          valueInfo(`biasGradient${suffix}`, float, [`RK${suffix}`]),
        ]),
      ],
      initializers: [
        int64Tensor('columns', [columns.length], columns),
        ...columns.map((own, g) => int64Tensor(`byProblem${suffixes[g]}`, [3], [0, -1, own])),
        ...lossConstants(classes),
        ...loss.initializers,
      ],
      nodes: [
        ...suffixes.flatMap((suffix) => [
          ...standardisedProduct({ weight: `weight${suffix}`, bias: `bias${suffix}` }, `scores${suffix}`, suffix),
          node('Reshape', [`scores${suffix}`, `byProblem${suffix}`], `z${suffix}`),
        ]),
        node('Concat', named('z'), 'z', { axis: 2 }),
        node('Equal', ['target', 'classIndex'], 'isTarget'),
        ...loss.nodes,
        node('Split', ['zGradient3d', 'columns'], named('zGradient3d'), { axis: 2 }),
        ...suffixes.flatMap((suffix) => [
          node('Reshape', [`zGradient3d${suffix}`, 'flat'], `zGradient${suffix}`),
          ...productGradients(
            `zGradient${suffix}`,
            { weight: `weightGradient${suffix}`, bias: `biasGradient${suffix}` },
            suffix,
          ),
        ]),
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

/**
 * From features to their product with weights on standardised features, [n, m].
 *
 * @param suffix of the names of the features, and of all that is computed
 */
export function standardisedProduct({ weight, bias }: ProductNames, product: string, suffix = ''): NodeProto[] {
  const [rawWeight, ofMean, rawBias] = [`rawWeight${suffix}`, `ofMean${suffix}`, `rawBias${suffix}`]
  return [
    node('Mul', [weight, `inverseDeviation${suffix}`], rawWeight),
    node('Gemm', [`mean${suffix}`, rawWeight], ofMean, { transB: 1 }),
    node('Sub', [bias, ofMean], rawBias),
    node('Gemm', [`features${suffix}`, rawWeight, rawBias], product, { transB: 1 }),
  ]
}

/** From the gradient of such a product, [n, m], to those of its weights and biases. */
export function productGradients(gradient: string, { weight, bias }: ProductNames, suffix = ''): NodeProto[] {
  const [transposed, raw, ofMean] = [`gradientT${suffix}`, `rawGradient${suffix}`, `gradientOfMean${suffix}`]
  return [
    node('ReduceSum', [gradient, 'rowAxis'], bias, { keepdims: 0 }),
    node('Transpose', [gradient], transposed, { perm: [1, 0] }),
    node('MatMul', [transposed, `features${suffix}`], raw),
    node('Unsqueeze', [bias, 'columnAxis'], `biasColumn${suffix}`),
    node('Mul', [`biasColumn${suffix}`, `mean${suffix}`], ofMean),
    node('Sub', [raw, ofMean], `centredGradient${suffix}`),
    node('Mul', [`centredGradient${suffix}`, `inverseDeviation${suffix}`], weight),
  ]
}
