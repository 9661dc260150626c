import { describe, expect, test } from '@jest/globals'
import { bestScaledLoss, weightedLoss } from '../../src/head/held-out-loss.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { scoreRows } from '../../src/head/score.js'
import { transposed } from '../../src/math/transpose.js'
import { jointSoftmax } from './joint-softmax.js'
import { featureRows, randomSet } from './random-set.js'

const set = randomSet({ classes: 3, dim: 2, images: 15, old: 20, merged: true })
const rowWeight = rowWeights(set)
const weight = Float32Array.of(0.3, -0.2, 0.5, 0.15, 0.3, -0.25)
const bias = Float32Array.of(1, 2, 3)
const scores = await scoreRows(set.features, [{ dim: 2, classes: 3, weight, bias }])

/** Scores whose margins over E_o are scaled, then shifted. */
const changed = (scale: number, shift: number) =>
  scores.map((score, i) => {
    const old = set.oldLogSumExp[Math.floor(i / 3)]!
    return old + scale * (score - old) + shift
  })

describe('weightedLoss', () => {
  test('is the objective without its penalty', async () => {
    const { loss } = jointSoftmax(set, await featureRows(set), transposed(weight, 2, 3), bias, rowWeight)
    expect(weightedLoss(set, scores, rowWeight)).toBeCloseTo(loss, 5)
  })
})

describe('bestScaledLoss', () => {
  test('is no more than the loss as it is, and no less than the best of a wider search', () => {
    const best = bestScaledLoss(set, scores, rowWeight)
    const losses: number[] = []
    for (let scale = 0.1; scale < 2; scale += 0.1) {
      for (let shift = -4; shift <= 4; shift += 0.25) losses.push(weightedLoss(set, changed(scale, shift), rowWeight))
    }
    expect(best).toBeLessThan(weightedLoss(set, scores, rowWeight))
    expect(best).toBeGreaterThanOrEqual(Math.min(...losses) - 1e-6)
  })

  test('forgives a head that is too sure of itself, or shifted, what a prior would decide', () => {
    const best = bestScaledLoss(set, scores, rowWeight)
    const shifted = changed(1, 1)
    expect(weightedLoss(set, shifted, rowWeight)).not.toBeCloseTo(weightedLoss(set, scores, rowWeight), 1)
    expect(bestScaledLoss(set, shifted, rowWeight)).toBeCloseTo(best, 2)
  })
})
