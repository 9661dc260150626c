import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { averagePrecision, bestThreshold, cutsOf } from '../../src/evaluation/ranking.js'
import { createRandom } from '../../src/math/random.js'

const random = createRandom('ranking')

/** Scores of many images, some of them equal; images of the class score higher on the whole. */
function drawn(count: number, steps: number) {
  const shows = Array.from({ length: count }, () => random.next() < 0.2)
  const scores = shows.map((one) => Math.round(steps * Math.min(1, random.next() * (one ? 1.3 : 0.8))) / steps)
  return { shows, scores }
}

const cases = [drawn(200, 10), drawn(200, 1e6), drawn(37, 5), { shows: [true], scores: [0.3] }]
const cuts = ({ shows, scores }: (typeof cases)[number]) => cutsOf(scores, (i) => shows[i]!)

/** Precision and recall where all that score at least `threshold` are taken, counted one by one. */
function countAt({ shows, scores }: (typeof cases)[number], threshold: number) {
  const taken = shows.filter((_, i) => scores[i]! >= threshold)
  const right = taken.filter((one) => one).length
  const positives = shows.filter((one) => one).length
  const [precision, recall] = [taken.length === 0 ? 0 : right / taken.length, right / positives]
  return { precision, recall, f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall) }
}

const thresholdsOf = ({ scores }: (typeof cases)[number]) => [...new Set(scores)].sort((a, b) => b - a)

describe('average precision', () => {
  test.each(cases)('is the sum of the steps in recall times precision, over all thresholds', (one) => {
    let before = 0
    let expected = 0
    for (const threshold of thresholdsOf(one)) {
      const { precision, recall } = countAt(one, threshold)
      expected += (recall - before) * precision
      before = recall
    }
    expect(averagePrecision(cuts(one))).toBeCloseTo(expected, 12)
  })

  test('is 1 where the class comes first, and its share where all images score alike', () => {
    expect(averagePrecision(cutsOf([0.9, 0.8, 0.1], (i) => i < 2))).toBe(1)
    expect(averagePrecision(cutsOf([0.5, 0.5, 0.5, 0.5], (i) => i === 3))).toBe(1 / 4)
  })

  const python = spawnSync('python3', ['-c', 'import sklearn'])
  const hasSklearn = python.status === 0
  ;(hasSklearn ? test : test.skip)(
    hasSklearn ? "is scikit-learn's" : "is scikit-learn's (skipped: python3 has no scikit-learn)",
    () => {
      const script = `
import json, sys
from sklearn.metrics import average_precision_score
print(json.dumps([average_precision_score(one["shows"], one["scores"]) for one in json.load(sys.stdin)]))`
      const { stdout } = spawnSync('python3', ['-c', script], { input: JSON.stringify(cases), encoding: 'utf8' })
      const expected = JSON.parse(stdout) as number[]
      cases.forEach((one, i) => expect(averagePrecision(cuts(one))).toBeCloseTo(expected[i]!, 12))
    },
  )
})

describe('the threshold of best F1', () => {
  test.each(cases)('is as good as the best of all thresholds', (one) => {
    const { threshold, f1 } = bestThreshold(cuts(one))!
    const best = Math.max(...thresholdsOf(one).map((other) => countAt(one, other).f1))
    expect(f1).toBeCloseTo(best, 12)
    expect(countAt(one, threshold).f1).toBeCloseTo(best, 12)
  })

  test('lies half-way to the next lower score, and at 0 for the lowest', () => {
    expect(bestThreshold(cutsOf([0.9, 0.8, 0.2, 0.1], (i) => i < 2))).toEqual({ threshold: 0.5, f1: 1 })
    expect(bestThreshold(cutsOf([0.9, 0.4], () => true))).toEqual({ threshold: 0.2, f1: 1 })
  })

  test('of equally good ones is the lowest', () => {
    // From .9 on: 1 of 1, with 2 to find; from .6 on: 2 of 4. Both have an F1 of 2/3.
    const scores = [0.9, 0.8, 0.7, 0.6]
    expect(bestThreshold(cutsOf(scores, (i) => i === 0 || i === 3))).toEqual({ threshold: 0.3, f1: 2 / 3 })
  })

  test('takes images of equal scores together', () => {
    expect(bestThreshold(cutsOf([0.8, 0.8, 0.8, 0.1], (i) => i < 2))).toEqual({
      threshold: expect.closeTo(0.45, 12),
      f1: 4 / 5,
    })
  })
})

test('a class that no image shows has neither', () => {
  const none = cutsOf([0.5, 0.1], () => false)
  expect([averagePrecision(none), bestThreshold(none)]).toEqual([null, null])
  expect([averagePrecision([]), bestThreshold([])]).toEqual([null, null])
})

test.each([3, 7, 10, 20, 49, 150])(
  'average precision of a perfect ranking of %i images is 1, and not above it',
  (positives) => {
    const scores = Array.from({ length: 2 * positives }, (_, image) => 1 / (image + 1))
    expect(averagePrecision(cutsOf(scores, (image) => image < positives))).toBe(1)
  },
)
