import { describe, expect, test } from '@jest/globals'
import { rejecter, rejectionQuantiles, rejectThreshold } from '../../src/calibration/reject.js'
import { createRandom } from '../../src/math/random.js'
import { heldOutAnswers, recordsOf } from './answers.js'

/** Quantiles are kept to six decimals, logits in float32. */
const half = 0.5e-6 + 1e-6

const random = createRandom('reject')
const normals = (length: number) => Array.from({ length }, () => 3 * random.normal())
const largest = (logits: readonly number[]) =>
  Math.max(...logits.map(Math.exp)) / logits.reduce((sum, z) => sum + Math.exp(z), 0)
const rows = Array.from({ length: 401 }, () => ({ old: normals(4), added: normals(2) }))
const manyOld = Array.from({ length: 401 }, () => ({ old: normals(30), added: normals(2) }))

/** The quantile between neighbours, plainly. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = share * (values.length - 1)
  const below = Math.floor(position)
  return sorted[below]! * (1 - position + below) + (sorted[below + 1] ?? 0) * (position - below)
}

function plainStandout(old: readonly number[], added: readonly number[]): number {
  const deviation = (quantile(old, 0.84) - quantile(old, 0.16)) / 2
  return (Math.max(...old, ...added) - quantile(old, 0.5)) / deviation
}

describe('rejectionQuantiles', () => {
  test.each([0, -1.5])(
    'are those of the largest probability over all classes, with added ones shifted by %d and by one more',
    (shift) => {
      const confidences = rows
        .map(({ old, added }) => largest([...old, added[0]! + shift, added[1]! + shift + 1]))
        .sort((a, b) => a - b)
      const shifts = Float64Array.of(shift, shift + 1)
      const { confidenceQuantiles } = rejectionQuantiles(recordsOf(heldOutAnswers(rows), shifts))
      expect(confidenceQuantiles).toHaveLength(201)
      // Of 401 images, every second one is a two-hundredth.
      confidenceQuantiles.forEach((value, i) => expect(Math.abs(value - confidences[2 * i]!)).toBeLessThan(half))
    },
  )

  test.each([0, -1.5])(
    'and of how far the largest logit stands out from the old ones, in float64, added ones shifted by %d',
    (shift) => {
      const standouts = manyOld
        .map(({ old, added }) =>
          plainStandout(
            old,
            added.map((one) => one + shift),
          ),
        )
        .sort((a, b) => a - b)
      const { standoutQuantiles } = rejectionQuantiles(
        recordsOf(heldOutAnswers(manyOld), Float64Array.of(shift, shift)),
      )
      expect(standoutQuantiles).toHaveLength(201)
      standoutQuantiles!.forEach((value, i) => expect(value).toBeCloseTo(standouts[2 * i]!, 5))
    },
  )

  test('say nothing of that where it is not known of every image', () => {
    expect(rejectionQuantiles(recordsOf(heldOutAnswers(rows)))).not.toHaveProperty('standoutQuantiles')
    const [first, ...others] = recordsOf(heldOutAnswers(manyOld))
    expect(rejectionQuantiles([{ ...first!, standout: null }, ...others])).not.toHaveProperty('standoutQuantiles')
  })

  test('of a single image are its own', () => {
    const { confidenceQuantiles } = rejectionQuantiles(recordsOf(heldOutAnswers([{ old: [1, 2], added: [0] }])))
    expect(new Set(confidenceQuantiles)).toEqual(new Set([Math.round(1e6 * largest([1, 2, 0])) / 1e6]))
  })
})

test('a merged class counts as one: its probability is the sum of both, and so is what stands out', () => {
  const answers = heldOutAnswers([{ old: [0, 2], added: [1.5], shows: 0 }], new Map([[0, 1]]))
  const both = (Math.E ** 2 + Math.E ** 1.5) / (1 + Math.E ** 2 + Math.E ** 1.5)
  expect(rejectionQuantiles(recordsOf(answers)).confidenceQuantiles[0]).toBeCloseTo(both, 5)

  const old = Array.from({ length: 21 }, (_, i) => i / 10)
  const [record] = recordsOf(heldOutAnswers([{ old, added: [1.5], shows: 0 }], new Map([[0, 20]])))
  expect(record!.standout).toBeCloseTo((Math.log(Math.E ** 2 + Math.E ** 1.5) - 1) / 0.68, 5)
})

describe('rejecter', () => {
  const confidences = { confidenceQuantiles: [0, 0.5, 1] }

  test('rejects as large a share of the held-out images as asked for', () => {
    const records = recordsOf(heldOutAnswers(manyOld))
    for (const quantiles of [rejectionQuantiles(records), confidenceOf(records)]) {
      for (const rate of [0.01, 0.05, 0.123, 0.5]) {
        const isRejected = rejecter(quantiles, rate)
        const rejected = records.filter(({ answers, standout }) =>
          isRejected({ confidence: answers[0]!.probability, standout }),
        )
        expect(Math.abs(rejected.length / records.length - rate)).toBeLessThan(1 / 200)
      }
    }
  })

  test('goes by what stands out where that is known, by the largest probability elsewhere', () => {
    const quantiles = { ...confidences, standoutQuantiles: [2, 4, 6] }
    expect(rejecter(quantiles, 0.5)({ confidence: 0, standout: 4 })).toBe(false)
    expect(rejecter(quantiles, 0.5)({ confidence: 1, standout: 3.9 })).toBe(true)
    expect(rejecter(confidences, 0.5)({ confidence: 0.5, standout: 0 })).toBe(false)
    expect(rejecter(confidences, 0.5)({ confidence: 0.49, standout: 9 })).toBe(true)
  })

  function confidenceOf(records: Parameters<typeof rejectionQuantiles>[0]) {
    return { confidenceQuantiles: rejectionQuantiles(records).confidenceQuantiles }
  }
})

test('thresholds go straight from point to point, from the least to the greatest', () => {
  const quantiles = [1, 2, 4]
  expect([0, 0.25, 0.5, 0.75, 1].map((rate) => rejectThreshold(quantiles, rate))).toEqual([1, 1.5, 2, 3, 4])
})
