import { node } from '../../onnx/build.js'
import { floatTensor } from '../../onnx/tensor.js'
import { noOldTarget } from '../../features/table.js'
import { frameLoss, type LossPart } from './loss-frame.js'

/**
 * The training loss of the joint softmax (docs/method.md) and its gradient:
 *
 *     loss[i, r] = w[i, r] · (logaddexp(E_o, E_n) − logaddexp(t, z_y)),  E_n = logsumexp(z)
 *     ∂loss/∂z_c = w[i, r] · (exp(z_c − logaddexp(E_o, E_n)) − [c = y] · exp(z_y − logaddexp(t, z_y)))
 *
 * t is E_o for an old image, the old class's logit for a merged class and log 0 otherwise; z_y is z at the row's own
 * class, and log 0 for an old image. So an old row costs softplus(E_n − E_o), a new one logaddexp(E_o, E_n) − z_y.
 */
export const jointSoftmaxLoss: LossPart = {
  name: 'joint-softmax-loss',
  initializers: [floatTensor('never', [1], [noOldTarget]), floatTensor('zero', [1], [0])],
  nodes: [
    node('ReduceMax', ['z'], 'best', { axes: [2], keepdims: 1 }),
    node('Max', ['best', 'oldLogSumExp'], 'peak'),
    node('Sub', ['z', 'peak'], 'belowPeak'),
    node('Exp', ['belowPeak'], 'shares'),
    node('ReduceSum', ['shares', 'classAxis'], 'newShare', { keepdims: 1 }),
    ...logOfSum('all', { peak: 'peak', share: 'newShare', other: 'oldLogSumExp' }),

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
  ],
}

/** @param columns see `frameLoss` */
export function lossGraph(columns: readonly number[]): Uint8Array {
  return frameLoss(columns, jointSoftmaxLoss)
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
