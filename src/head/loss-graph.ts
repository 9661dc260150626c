import { graphModel, node, valueInfo } from '../onnx/build.js'
import { encodeModel } from '../onnx/model.js'
import { DataType, floatTensor, int64Tensor, tensor } from '../onnx/tensor.js'
import { noOldTarget } from '../bottleneck/table.js'

/**
 * The training loss of `method.md`'s joint softmax and its gradient, as an ONNX graph that any execution provider runs.
 *
 * For a block of n rows and R problems over k classes, with S = [E_o, z] and T = [t, z_y]:
 *
 *     loss[i, r] = w[i, r] · (logsumexp(S) − logsumexp(T))
 *     ∂loss/∂z   = w[i, r] · (softmax(S) − softmax(T)), without the old column
 *
 * t is E_o for an old image, the old class's logit for a merged class and log 0 otherwise; z_y is z at the row's own class and
 * log 0 elsewhere. So an old row costs softplus(E_n − E_o), a new one logaddexp(E_o, E_n) − z_y.
 *
 * Inputs: `features` [n, D], `weight` [D, R·k], `bias` [R·k], `oldScore` and `oldTarget` [n, 1, 1], `target` int32 [n, 1, 1] (-1: none),
 * `rowWeight` [n, R, 1]. Outputs: `loss` [n, R, 1], `weightGradient` [D, R·k], `biasGradient` [R·k].
 */
export function lossGraph(classes: number): Uint8Array {
  const float = DataType.FLOAT
  return encodeModel(
    graphModel({
      name: 'joint-softmax-loss',
      opset: 17,
      inputs: [
        valueInfo('features', float, ['n', 'D']),
        valueInfo('weight', float, ['D', 'Rk']),
        valueInfo('bias', float, ['Rk']),
        valueInfo('oldScore', float, ['n', 1, 1]),
        valueInfo('oldTarget', float, ['n', 1, 1]),
        valueInfo('target', DataType.INT32, ['n', 1, 1]),
        valueInfo('rowWeight', float, ['n', 'R', 1]),
      ],
      outputs: [
        valueInfo('loss', float, ['n', 'R', 1]),
        valueInfo('weightGradient', float, ['D', 'Rk']),
        valueInfo('biasGradient', float, ['Rk']),
      ],
      initializers: [
        int64Tensor('byProblem', [3], [0, -1, classes]),
        int64Tensor('flat', [2], [0, -1]),
        int64Tensor('classAxis', [1], [2]),
        int64Tensor('rowAxis', [1], [0]),
        int64Tensor('firstClass', [1], [1]),
        int64Tensor('afterLast', [1], [classes + 1]),
        tensor(
          'classIndex',
          DataType.INT32,
          [classes],
          Int32Array.from({ length: classes }, (_, c) => c),
        ),
        floatTensor('never', [1], [noOldTarget]),
      ],
      nodes: [
        node('Gemm', ['features', 'weight', 'bias'], 'scores'),
        node('Reshape', ['scores', 'byProblem'], 'z'),
        node('Equal', ['target', 'classIndex'], 'isTarget'),
        node('Where', ['isTarget', 'z', 'never'], 'zOfTarget'),
        node('Shape', ['rowWeight'], 'columnShape'),
        node('Expand', ['oldScore', 'columnShape'], 'oldScoreColumn'),
        node('Expand', ['oldTarget', 'columnShape'], 'oldTargetColumn'),
        node('Concat', ['oldScoreColumn', 'z'], 'S', { axis: 2 }),
        node('Concat', ['oldTargetColumn', 'zOfTarget'], 'T', { axis: 2 }),
        ...softmaxAndLogSumExp('S'),
        ...softmaxAndLogSumExp('T'),
        node('Sub', ['S/logSumExp', 'T/logSumExp'], 'nll'),
        node('Mul', ['nll', 'rowWeight'], 'loss'),
        node('Sub', ['S/softmax', 'T/softmax'], 'difference'),
        node('Slice', ['difference', 'firstClass', 'afterLast', 'classAxis'], 'newDifference'),
        node('Mul', ['newDifference', 'rowWeight'], 'zGradient3d'),
        node('Reshape', ['zGradient3d', 'flat'], 'zGradient'),
        node('Gemm', ['features', 'zGradient'], 'weightGradient', { transA: 1 }),
        node('ReduceSum', ['zGradient', 'rowAxis'], 'biasGradient', { keepdims: 0 }),
      ],
    }),
  )
}

function softmaxAndLogSumExp(scores: string) {
  return [
    node('ReduceMax', [scores], `${scores}/max`, { axes: [2], keepdims: 1 }),
    node('Sub', [scores, `${scores}/max`], `${scores}/shifted`),
    node('Exp', [`${scores}/shifted`], `${scores}/exp`),
    node('ReduceSum', [`${scores}/exp`, 'classAxis'], `${scores}/sum`, { keepdims: 1 }),
    node('Div', [`${scores}/exp`, `${scores}/sum`], `${scores}/softmax`),
    node('Log', [`${scores}/sum`], `${scores}/logSum`),
    node('Add', [`${scores}/max`, `${scores}/logSum`], `${scores}/logSumExp`),
  ]
}
