import { describe, expect, test } from '@jest/globals'
import { confidenceQuantiles, rejectThreshold } from '../../src/calibration/reject.js'
import { createRandom } from '../../src/math/random.js'
import { heldOutAnswers, recordsOf } from './answers.js'

/** Quantiles are kept to six decimals, logits in float32. */
const half = 0.5e-6 + 1e-6

const random = createRandom('reject')
const normals = (length: number) => Array.from({ length }, () => 3 * random.normal())
const largest = (logits: readonly number[]) =>
  Math.max(...logits.map(Math.exp)) / logits.reduce((sum, z) => sum + Math.exp(z), 0)
const rows = Array.from({ length: 401 }, () => ({ old: normals(4), added: normals(2) }))

describe('confidenceQuantiles', () => {
  test.each([0, -1.5])(
    'are those of the largest probability over all classes, with added ones shifted by %d and by one more',
    (shift) => {
      const confidences = rows
        .map(({ old, added }) => largest([...old, added[0]! + shift, added[1]! + shift + 1]))
        .sort((a, b) => a - b)
      const quantiles = confidenceQuantiles(recordsOf(heldOutAnswers(rows), Float64Array.of(shift, shift + 1)))
      expect(quantiles).toHaveLength(201)
      // Of 401 images, every second one is a two-hundredth.
      quantiles.forEach((value, i) => expect(Math.abs(value - confidences[2 * i]!)).toBeLessThan(half))
    },
  )

  test('of a single image are its own', () => {
    const quantiles = confidenceQuantiles(recordsOf(heldOutAnswers([{ old: [1, 2], added: [0] }])))
    expect(new Set(quantiles)).toEqual(new Set([Math.round(1e6 * largest([1, 2, 0])) / 1e6]))
  })
})

test('a merged class counts as one: its probability is the sum of both', () => {
  const answers = heldOutAnswers([{ old: [0, 2], added: [1.5], shows: 0 }], new Map([[0, 1]]))
  const both = (Math.E ** 2 + Math.E ** 1.5) / (1 + Math.E ** 2 + Math.E ** 1.5)
  expect(confidenceQuantiles(recordsOf(answers))[0]).toBeCloseTo(both, 5)
})

describe('rejectThreshold', () => {
  test('rejects as large a share of the held-out images as asked for', () => {
    const answers = heldOutAnswers(rows)
    const quantiles = confidenceQuantiles(recordsOf(answers))
    for (const rate of [0.01, 0.05, 0.123, 0.5]) {
      const threshold = rejectThreshold(quantiles, rate)
      const confidences = rows.map(({ old, added }) => largest([...old, ...added]))
      const rejected = confidences.filter((confidence) => confidence < threshold).length / rows.length
      expect(Math.abs(rejected - rate)).toBeLessThan(1 / 200)
    }
  })

  test('goes straight from point to point, from the least to the greatest', () => {
    const quantiles = [1, 2, 4]
    expect([0, 0.25, 0.5, 0.75, 1].map((rate) => rejectThreshold(quantiles, rate))).toEqual([1, 1.5, 2, 3, 4])
  })
})
