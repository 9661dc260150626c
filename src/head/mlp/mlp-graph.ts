import { graphModel, node, valueInfo } from '../../onnx/build.js'
import { encodeModel } from '../../onnx/model.js'
import { DataType, floatTensor, int64Tensor } from '../../onnx/tensor.js'
import { featureInputs, lossConstants, productGradients, rowInputs, standardisedProduct } from '../linear/loss-frame.js'
import { jointSoftmaxLoss } from '../linear/loss-graph.js'

/**
 * The joint-softmax loss of perceptrons and its gradient, as an ONNX graph for any execution provider, for a block of n
 * rows and R problems over k classes, with H hidden units each:
 *
 *     h = max(0, A·x + a) / √H,  z = U·h + c
 *
 * on standardised features x, from raw ones, as in `frameLoss`.
 *
 * Inputs: those of every training graph, and `hiddenWeight` A [R·H, D], `hiddenBias` a [R·H], `weight` U [R, k, H],
 * `bias` c [R, 1, k]. Outputs: `loss` [n, R, 1], `z` [n, R, k], and the gradients of these, shaped as they are.
 */
export function mlpGraph(classes: number, width: number): Uint8Array {
  const float = DataType.FLOAT
  return encodeModel(
    graphModel({
      name: 'perceptron-loss',
      opset: 17,
      inputs: [
        ...rowInputs,
        ...featureInputs(),
        valueInfo('hiddenWeight', float, ['RH', 'D']),
        valueInfo('hiddenBias', float, ['RH']),
        valueInfo('weight', float, ['R', classes, width]),
        valueInfo('bias', float, ['R', 1, classes]),
      ],
      outputs: [
        valueInfo('loss', float, ['n', 'R', 1]),
        valueInfo('z', float, ['n', 'R', classes]),
        valueInfo('hiddenWeightGradient', float, ['RH', 'D']),
        valueInfo('hiddenBiasGradient', float, ['RH']),
        valueInfo('weightGradient', float, ['R', classes, width]),
        valueInfo('biasGradient', float, ['R', 1, classes]),
      ],
      initializers: [
        ...lossConstants(classes),
        ...jointSoftmaxLoss.initializers,
        int64Tensor('byUnit', [3], [0, -1, width]),
        int64Tensor('middleAxis', [1], [1]),
        floatTensor('unitScale', [1], [1 / Math.sqrt(width)]),
        floatTensor('noSum', [1], [0]),
      ],
      nodes: [
        ...standardisedProduct({ weight: 'hiddenWeight', bias: 'hiddenBias' }, 'sums2d'),
        node('Reshape', ['sums2d', 'byUnit'], 'sums3d'),
        node('Transpose', ['sums3d'], 'sums', { perm: [1, 0, 2] }),
        node('Relu', ['sums'], 'active'),
        node('Mul', ['active', 'unitScale'], 'hidden'),
        node('Transpose', ['weight'], 'weightT', { perm: [0, 2, 1] }),
        node('MatMul', ['hidden', 'weightT'], 'product'),
        node('Add', ['product', 'bias'], 'zByProblem'),
        node('Transpose', ['zByProblem'], 'z', { perm: [1, 0, 2] }),
        node('Equal', ['target', 'classIndex'], 'isTarget'),
        ...jointSoftmaxLoss.nodes,

        node('Transpose', ['zGradient3d'], 'zGradient', { perm: [1, 0, 2] }),
        node('ReduceSum', ['zGradient', 'middleAxis'], 'biasGradient', { keepdims: 1 }),
        node('Transpose', ['zGradient'], 'zGradientT', { perm: [0, 2, 1] }),
        node('MatMul', ['zGradientT', 'hidden'], 'weightGradient'),
        node('MatMul', ['zGradient', 'weight'], 'hiddenGradient'),
        node('Mul', ['hiddenGradient', 'unitScale'], 'activeGradient'),
        node('Greater', ['sums', 'noSum'], 'isActive'),
        node('Where', ['isActive', 'activeGradient', 'noSum'], 'sumsGradient'),
        node('Transpose', ['sumsGradient'], 'sumsGradient3d', { perm: [1, 0, 2] }),
        node('Reshape', ['sumsGradient3d', 'flat'], 'sumsGradient2d'),
        ...productGradients('sumsGradient2d', { weight: 'hiddenWeightGradient', bias: 'hiddenBiasGradient' }),
      ],
    }),
  )
}
