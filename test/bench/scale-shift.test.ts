import { expect, test } from '@jest/globals'
import { fitScaleShift, scaled } from '../../bench/accuracy/methods/scale-shift.js'
import { noOldTarget } from '../../src/features/table.js'

test('finds the scale and the shift with which the joint probabilities are those that were drawn', async () => {
  // One new class and E_o = 0: p(new) = sigmoid(scale · z + shift). Rows of each score carry those shares as weights.
  const truth = { scale: 2, shift: -1 }
  const scores = [-2, -1, 0, 1, 2]
  const probability = scores.map((z) => 1 / (1 + Math.exp(-(truth.scale * z + truth.shift))))
  const doubled = scores.flatMap((z) => [z, z])
  const set = {
    classes: 1,
    oldLogSumExp: new Float32Array(10),
    oldTarget: Float32Array.from(doubled, (_, i) => (i % 2 === 0 ? noOldTarget : 0)),
    target: Int32Array.from(doubled, (_, i) => (i % 2 === 0 ? 0 : -1)),
  }
  const weights = Float32Array.from(probability.flatMap((p) => [p / 5, (1 - p) / 5]))
  const fitted = await fitScaleShift(set, Float32Array.from(doubled), weights)
  expect(fitted.scale).toBeCloseTo(truth.scale, 4)
  expect(fitted.shift).toBeCloseTo(truth.shift, 4)
})

test('a scaled head gives scaled and shifted logits', () => {
  const head = { dim: 1, columns: 2, weight: Float32Array.of(1, -2), bias: Float32Array.of(0.5, 1) }
  const { weight, bias } = scaled(head, { scale: 3, shift: 2 })
  expect([...weight]).toEqual([3 * 1, 3 * -2])
  expect([...bias]).toEqual([3 * 0.5 + 2, 3 * 1 + 2])
})
