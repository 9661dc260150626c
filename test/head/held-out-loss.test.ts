import { describe, expect, test } from '@jest/globals'
import { bestScaledLoss } from '../../src/head/held-out-loss.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { scoreRows } from '../../src/head/linear/score.js'
import { jointSoftmax } from './linear/joint-softmax.js'
import { randomSet, soleFeatures } from './random-set.js'

const set = randomSet({ classes: 3, dim: 2, images: 15, old: 20, merged: true })
const rowWeight = rowWeights(set)
const weight = Float32Array.of(0.3, -0.2, 0.5, 0.15, 0.3, -0.25)
const bias = Float32Array.of(1, 2, 3)
const scores = await scoreRows(soleFeatures(set), [{ dim: 2, columns: 3, weight, bias }])

/** Scores whose margins over E_o are scaled, then shifted. */
const changed = (scale: number, shift: number) =>
  scores.map((score, i) => {
    const old = set.oldLogSumExp[Math.floor(i / 3)]!
    return old + scale * (score - old) + shift
  })

/** The training objective of given scores: they are taken for features, which a head of ones hands on. */
function lossOf(some: Float32Array): number {
  const rows = Array.from({ length: some.length / 3 }, (_, row) => [...some.subarray(row * 3, row * 3 + 3)])
  return jointSoftmax(set, rows, [1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0], rowWeight).loss
}

describe('bestScaledLoss', () => {
  test('is no more than the loss as it is, and no less than the best of a wider search', () => {
    const best = bestScaledLoss(set, scores, rowWeight)
    const losses: number[] = []
    for (let scale = 0.1; scale < 2; scale += 0.1) {
      for (let shift = -4; shift <= 4; shift += 0.25) losses.push(lossOf(changed(scale, shift)))
    }
    expect(best).toBeLessThan(lossOf(scores))
    expect(best).toBeGreaterThanOrEqual(Math.min(...losses) - 1e-6)
  })

  test('forgives a head that is too sure of itself, or shifted, what a prior would decide', () => {
    const best = bestScaledLoss(set, scores, rowWeight)
    const shifted = changed(1, 1)
    expect(lossOf(shifted)).not.toBeCloseTo(lossOf(scores), 1)
    expect(bestScaledLoss(set, shifted, rowWeight)).toBeCloseTo(best, 2)
  })
})
