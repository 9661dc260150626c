import { describe, expect, test } from '@jest/globals'
import {
  accuracy,
  auroc,
  falsePositiveRate,
  forgetting,
  harmonicMean,
  macroAccuracy,
} from '../../src/evaluation/metrics.js'

describe('accuracy', () => {
  test('counts images alike in the micro mean, classes alike in the macro mean', () => {
    const truth = [0, 0, 0, 1]
    const answer = [0, 0, 1, 2]
    expect(accuracy(answer, truth)).toBe(2 / 4)
    expect(macroAccuracy(answer, truth)).toBeCloseTo((2 / 3 + 0 / 1) / 2, 12)
  })

  test('the harmonic mean lies nearer the smaller of the two', () => {
    expect(harmonicMean(0.5, 1)).toBeCloseTo((2 * 0.5 * 1) / (0.5 + 1), 12)
    expect(harmonicMean(0, 0)).toBe(0)
  })
})

describe('forgetting', () => {
  test('is the mean fall from the best accuracy a step ever had', () => {
    const a = [[0.9], [0.95, 0.8], [0.85, 0.82, 0.6]]
    expect(forgetting(a)).toBeCloseTo((0.95 - 0.85 + (0.82 - 0.82)) / 2, 12)
  })
})

describe('telling known from unknown', () => {
  test('the area is the share of pairs in the right order, ties counting half', () => {
    const known = [3, 2, 1]
    const unknown = [2, 0]
    // Against 2: one win, one tie, one loss; against 0: three wins.
    expect(auroc(known, unknown)).toBeCloseTo((1 + 0.5 + 0 + 3) / (3 * 2), 12)
  })

  test('the area turns round with the order of the samples', () => {
    expect(auroc([1, 2], [3, 4])).toBe(0)
    expect(auroc([3, 4], [1, 2])).toBe(1)
  })

  test('the false positive rate is taken where the threshold keeps the share of known ones asked for', () => {
    const known = Array.from({ length: 20 }, (_, i) => i + 1)
    // 95 % of 20 are the 19 from 2 up.
    expect(falsePositiveRate(known, [0, 1, 1.5, 2, 30])).toBe(2 / 5)
    expect(falsePositiveRate([], [0, 1])).toBeNaN()
    expect(falsePositiveRate(known, [])).toBeNaN()
  })
})
