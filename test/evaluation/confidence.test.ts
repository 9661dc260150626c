import { describe, expect, test } from '@jest/globals'
import { answersOf, expectedCalibrationError, reliabilityBins, riskCoverage } from '../../src/evaluation/confidence.js'
import { createRandom } from '../../src/math/random.js'
import { recordsOf } from './records.js'

const random = createRandom('confidence')
const confidence = Array.from({ length: 500 }, () => Math.round(50 * random.next()) / 50)
const right = confidence.map((one) => (random.next() < one ** 2 ? 1 : 0))

const ece = (confidences: readonly number[], rights: readonly number[], bins?: number) =>
  expectedCalibrationError({ confidence: confidences, right: rights }, bins)

describe('expected calibration error', () => {
  test('is the gap between confidence and accuracy of each bin, by its share', () => {
    // Bins of a half: .2 and .4, of which one is right; .9 and 1, both right.
    const expected = (2 / 4) * Math.abs(1 / 2 - (0.2 + 0.4) / 2) + (2 / 4) * Math.abs(1 - (0.9 + 1) / 2)
    expect(ece([0.2, 0.4, 0.9, 1], [1, 0, 1, 1], 2)).toBeCloseTo(expected, 12)
  })

  test('is 0 where confidence is what comes true', () => {
    expect(ece([0.75, 0.75, 0.75, 0.75], [1, 1, 0, 1])).toBeCloseTo(0, 12)
  })

  test('gaps of two bins do not cancel', () => {
    expect(ece([0.1, 0.9], [1, 0])).toBeCloseTo((0.9 + 0.9) / 2, 12)
  })

  test('an edge belongs to the bin below it', () => {
    // .5 falls in (0, .5] with .2: gaps +.5 and -.2 add up before the absolute value.
    expect(ece([0.5, 0.2], [1, 0], 2)).toBeCloseTo(Math.abs(0.5 - 0.2) / 2, 12)
  })
})

describe('reliability bins', () => {
  test('hold every answer once, with mean confidence and accuracy', () => {
    const bins = reliabilityBins({ confidence, right }, 10)
    expect(bins.map(({ low, high }) => [low, high])).toEqual(bins.map((_, i) => [i / 10, (i + 1) / 10]))
    bins.forEach((bin, b) => {
      const own = [...confidence.keys()].filter(
        (i) => (confidence[i]! > b / 10 || (b === 0 && confidence[i] === 0)) && confidence[i]! <= (b + 1) / 10,
      )
      expect(bin.count).toBe(own.length)
      expect(bin.confidence).toBeCloseTo(own.reduce((sum, i) => sum + confidence[i]!, 0) / own.length, 12)
      expect(bin.accuracy).toBeCloseTo(own.filter((i) => right[i] === 1).length / own.length, 12)
    })
  })

  test('without answers say nothing', () => {
    expect(reliabilityBins({ confidence: [0.9], right: [1] }, 2)).toEqual([
      { low: 0, high: 0.5, count: 0, confidence: null, accuracy: null },
      { low: 0.5, high: 1, count: 1, confidence: 0.9, accuracy: 1 },
    ])
  })
})

describe('risk against coverage', () => {
  test('tells at every threshold how many are kept, and how many of these are wrong', () => {
    const points = riskCoverage({ confidence, right })
    expect(points.map(({ threshold }) => threshold)).toEqual([...new Set(confidence)].sort((a, b) => b - a))
    for (const { threshold, coverage, risk } of points) {
      const kept = right.filter((_, i) => confidence[i]! >= threshold)
      expect(coverage).toBeCloseTo(kept.length / right.length, 12)
      expect(risk).toBeCloseTo(kept.filter((one) => one === 0).length / kept.length, 12)
    }
  })

  test('of answers that are equally sure, none is kept before another', () => {
    const tied = riskCoverage({ confidence: [0.5, 0.5, 0.5, 0.5], right: [1, 0, 1, 1] })
    expect(tied).toEqual([{ threshold: 0.5, coverage: 1, risk: 1 / 4 }])
  })
})

test('the answers of records are their first ones', () => {
  const records = recordsOf([
    { truth: 0, logits: [3, 0, 0, 0, 0] },
    { truth: 0, logits: [0, 3, 0, 0, 0] },
  ])
  const { confidence: sure, right: hits } = answersOf(records)
  expect(Array.from(hits)).toEqual([1, 0])
  for (const one of Array.from(sure)) expect(one).toBeCloseTo(Math.exp(3) / (Math.exp(3) + 4), 6)
})
