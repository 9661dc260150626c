import { graphModel, node, valueInfo } from '../../onnx/build.js'
import { encodeModel } from '../../onnx/model.js'
import { DataType, floatTensor, int64Tensor, tensor } from '../../onnx/tensor.js'
import { noOldTarget } from '../../features/table.js'

/**
 * The training loss of the joint softmax (docs/method.md) and its gradient, as an ONNX graph for any execution
 * provider.
 *
 * For a block of n rows and R problems over k classes:
 *
 *     loss[i, r] = w[i, r] · (logaddexp(E_o, E_n) − logaddexp(t, z_y)),  E_n = logsumexp(z)
 *     ∂loss/∂z_c = w[i, r] · (exp(z_c − logaddexp(E_o, E_n)) − [c = y] · exp(z_y − logaddexp(t, z_y)))
 *
 * t is E_o for an old image, the old class's logit for a merged class and log 0 otherwise; z_y is z at the row's own
 * class, and log 0 for an old image. So an old row costs softplus(E_n − E_o), a new one logaddexp(E_o, E_n) − z_y.
 *
 * V and c apply to standardised features, (x − μ)/σ, but the graph reads raw ones: z = x·W + b with W = V/σ and
 * b = c − W·μ.
 *
 * Inputs: `features` [n, D], `mean` [1, D], `inverseDeviation` [D], `weight` V [R·k, D], `bias` c [R·k], `oldLogSumExp`
 * and `oldTarget` [n, 1, 1], `target` int32 [n, 1, 1] (-1: none), `rowWeight` [n, R, 1]. Outputs: `loss` [n, R, 1],
 * `weightGradient` [R·k, D], `biasGradient` [R·k].
 */
export function lossGraph(classes: number): Uint8Array {
  const float = DataType.FLOAT
  return encodeModel(
    graphModel({
      name: 'joint-softmax-loss',
      opset: 17,
      inputs: [
        valueInfo('features', float, ['n', 'D']),
        valueInfo('mean', float, [1, 'D']),
        valueInfo('inverseDeviation', float, ['D']),
        valueInfo('weight', float, ['Rk', 'D']),
        valueInfo('bias', float, ['Rk']),
        valueInfo('oldLogSumExp', float, ['n', 1, 1]),
        valueInfo('oldTarget', float, ['n', 1, 1]),
        valueInfo('target', DataType.INT32, ['n', 1, 1]),
        valueInfo('rowWeight', float, ['n', 'R', 1]),
      ],
      outputs: [
        valueInfo('loss', float, ['n', 'R', 1]),
        valueInfo('weightGradient', float, ['Rk', 'D']),
        valueInfo('biasGradient', float, ['Rk']),
      ],
      initializers: [
        int64Tensor('byProblem', [3], [0, -1, classes]),
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
        floatTensor('never', [1], [noOldTarget]),
        floatTensor('zero', [1], [0]),
      ],
      nodes: [
        node('Mul', ['weight', 'inverseDeviation'], 'rawWeight'),
        node('Gemm', ['mean', 'rawWeight'], 'ofMean', { transB: 1 }),
        node('Sub', ['bias', 'ofMean'], 'rawBias'),
        node('Gemm', ['features', 'rawWeight', 'rawBias'], 'scores', { transB: 1 }),
        node('Reshape', ['scores', 'byProblem'], 'z'),
        node('ReduceMax', ['z'], 'best', { axes: [2], keepdims: 1 }),
        node('Max', ['best', 'oldLogSumExp'], 'peak'),
        node('Sub', ['z', 'peak'], 'belowPeak'),
        node('Exp', ['belowPeak'], 'shares'),
        node('ReduceSum', ['shares', 'classAxis'], 'newShare', { keepdims: 1 }),
        ...logOfSum('all', { peak: 'peak', share: 'newShare', other: 'oldLogSumExp' }),

        node('Equal', ['target', 'classIndex'], 'isTarget'),
        node('Where', ['isTarget', 'z', 'never'], 'zOfTarget'),
        node('ReduceMax', ['zOfTarget'], 'own', { axes: [2], keepdims: 1 }),
        node('Max', ['own', 'oldTarget'], 'rightPeak'),
        node('Sub', ['own', 'rightPeak'], 'ownBelow'),
        node('Exp', ['ownBelow'], 'ownShare'),
        ...logOfSum('right', { peak: 'rightPeak', share: 'ownShare', other: 'oldTarget' }),
        node('Sub', ['all', 'right'], 'nll'),
        node('Mul', ['nll', 'rowWeight'], 'loss'),

        node('Div', ['rowWeight', 'all/sum'], 'weightOfShare'),
        node('Mul', ['shares', 'weightOfShare'], 'pull'),
        node('Div', ['ownShare', 'right/sum'], 'ownProbability'),
        node('Mul', ['ownProbability', 'rowWeight'], 'ownPush'),
        node('Where', ['isTarget', 'ownPush', 'zero'], 'push'),
        node('Sub', ['pull', 'push'], 'zGradient3d'),
        node('Reshape', ['zGradient3d', 'flat'], 'zGradient'),
        node('ReduceSum', ['zGradient', 'rowAxis'], 'biasGradient', { keepdims: 0 }),
        node('Transpose', ['zGradient'], 'zGradientT', { perm: [1, 0] }),
        node('MatMul', ['zGradientT', 'features'], 'rawGradient'),
        node('Unsqueeze', ['biasGradient', 'columnAxis'], 'biasColumn'),
        node('Mul', ['biasColumn', 'mean'], 'gradientOfMean'),
        node('Sub', ['rawGradient', 'gradientOfMean'], 'centredGradient'),
        node('Mul', ['centredGradient', 'inverseDeviation'], 'weightGradient'),
      ],
    }),
  )
}

/** log(exp(peak)·share + exp(other)), and the sum itself as a share of exp(peak), `NAME/sum`. */
function logOfSum(name: string, { peak, share, other }: Record<'peak' | 'share' | 'other', string>) {
  return [
    node('Sub', [other, peak], `${name}/below`),
    node('Exp', [`${name}/below`], `${name}/otherShare`),
    node('Add', [share, `${name}/otherShare`], `${name}/sum`),
    node('Log', [`${name}/sum`], `${name}/logOfShares`),
    node('Add', [peak, `${name}/logOfShares`], name),
  ]
}
