import { node } from '../../onnx/build.js'
import { floatTensor } from '../../onnx/tensor.js'
import { frameLoss } from '../linear/loss-frame.js'

/**
 * The squared hinge loss of one column against all the rest (docs/method.md), as a graph of the form of `frameLoss`:
 *
 *     loss[i, r] = w[i, r] · Σ_c v_c(i) · max(0, 1 − s_c·z_c)²,  s_c = 1 for the row's own class, else −1
 *     ∂loss/∂z_c = −2 · w[i, r] · v_c(i) · s_c · max(0, 1 − s_c·z_c)
 *
 * Weights of rows give a class 1/k of the weight of all old images. v makes both sides of every column equal: 1 for the
 * class's own images together, and 1 for all others.
 *
 * @param columns see `frameLoss`
 */
export function hingeGraph(columns: readonly number[]): Uint8Array {
  const classes = columns.reduce((sum, one) => sum + one, 0)
  return frameLoss(columns, {
    name: 'squared-hinge-loss',
    initializers: [
      floatTensor('one', [1], [1]),
      floatTensor('minusOne', [1], [-1]),
      floatTensor('minusTwo', [1], [-2]),
      floatTensor('weightOfOwn', [1], [classes]),
      floatTensor('weightOfRest', [1], [1 / (2 - 1 / classes)]),
    ],
    nodes: [
      node('Where', ['isTarget', 'one', 'minusOne'], 'sign'),
      node('Where', ['isTarget', 'weightOfOwn', 'weightOfRest'], 'sideWeight'),
      node('Mul', ['sign', 'z'], 'margin'),
      node('Sub', ['one', 'margin'], 'belowOne'),
      node('Relu', ['belowOne'], 'slack'),
      node('Mul', ['slack', 'sideWeight'], 'weightedSlack'),
      node('Mul', ['weightedSlack', 'slack'], 'losses'),
      node('ReduceSum', ['losses', 'classAxis'], 'lossOfRow', { keepdims: 1 }),
      node('Mul', ['lossOfRow', 'rowWeight'], 'loss'),
      node('Mul', ['rowWeight', 'minusTwo'], 'slope'),
      node('Mul', ['slope', 'sign'], 'signedSlope'),
      node('Mul', ['signedSlope', 'weightedSlack'], 'zGradient3d'),
    ],
  })
}
