import { describe, expect, test } from '@jest/globals'
import { medianMargin } from '../../src/preprocessing/answers.js'
import { confidence, standardErrorsBetween } from '../../src/preprocessing/confidence.js'

const classes = 10

/** Logits with one row per image: `height` at the image's own class, else 0. */
function peaks(own: readonly number[], height = 1): Float32Array {
  const logits = new Float32Array(own.length * classes)
  own.forEach((c, i) => (logits[i * classes + c] = height))
  return logits
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

const unknown = (images: number) => new Int32Array(images).fill(-1)
const of = (logits: Float32Array, columns = classes) =>
  confidence({ logits, classes: columns }, unknown(logits.length / columns))

test('confidence does not grow with the size of the logits', () => {
  const small = of(peaks([0, 1, 2, 3]))
  const large = of(peaks([0, 1, 2, 3], 1000))
  large.forEach((value, i) => expect(value).toBeCloseTo(small[i]!, 5))
})

test('confidence is nothing where every image gets the same answer, and grows with their variety', () => {
  expect(mean(of(peaks([4, 4, 4, 4])))).toBeCloseTo(0, 6)
  const two = mean(of(peaks([0, 0, 1, 1])))
  const four = mean(of(peaks([0, 1, 2, 3])))
  expect(two).toBeGreaterThan(0.1)
  expect(four).toBeGreaterThan(two)
})

test('confidence is nothing for logits that are not finite, or all equal', () => {
  expect([...of(Float32Array.of(1, NaN, 0, 1), 2)]).toEqual([0, 0])
  expect([...of(new Float32Array(4), 2)]).toEqual([0, 0])
})

describe('of two classes, or one score', () => {
  /** Scores of 24 images: `apart` on either side of 0, with periodic noise. */
  const scores = (apart: number, noise: number) =>
    Float32Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? apart : -apart) + noise * Math.sin(7 * i))
  const asPairs = (one: Float32Array) => Float32Array.from([...one].flatMap((value) => [0, value]))

  test('confidence tells clear answers from unclear ones, with an honest error', () => {
    const clear = of(scores(1, 0.1), 1)
    const unclear = of(scores(0.2, 1), 1)
    expect(mean(clear)).toBeGreaterThan(mean(unclear))
    const errors = standardErrorsBetween(clear, unclear)
    expect(errors).toBeGreaterThan(1)
    expect(errors).toBeLessThanOrEqual(10)
    // The same answers with the signs swapped are equally good.
    expect(standardErrorsBetween(clear, of(scores(-1, 0.1), 1))).toBeCloseTo(0, 1)
  })

  test('one score is the same as two classes, the other always 0', () => {
    const one = scores(1, 0.5)
    of(asPairs(one), 2).forEach((value, i) => expect(value).toBeCloseTo(of(one, 1)[i]!, 6))
  })

  test('confidence is nothing where all answers are the same', () => {
    expect(mean(of(new Float32Array(24).fill(3), 1))).toBeCloseTo(0, 6)
  })
})

test('with known classes confidence is the log-probability of the right one', () => {
  const own = [0, 1, 2, 3, 0, 1, 2, 3]
  const right = confidence({ logits: peaks(own), classes }, Int32Array.from(own))
  const wrong = confidence(
    { logits: peaks(own), classes },
    Int32Array.from(own, (c) => (c + 1) % classes),
  )
  expect(right).toHaveLength(8)
  expect(mean(right)).toBeGreaterThan(Math.log(0.5))
  expect(mean(wrong)).toBeLessThan(-3)
  // Images of unknown class do not count beside eight of known class.
  const more = Int32Array.from([...own, -1, -1])
  expect(confidence({ logits: peaks([...own, 5, 6]), classes }, more)).toEqual(right)
})

test('medianMargin is how far the highest score lies above the second', () => {
  expect(medianMargin({ logits: Float32Array.of(0, 3, 1, 9, 5, 0), classes: 3 })).toBe(4)
  expect(medianMargin({ logits: Float32Array.of(-2), classes: 1 })).toBe(2)
})

test('confidence of an image without finite logits is nothing, and the others are as sure as without it', () => {
  const all = of(peaks([0, 1, 2, 3]))
  const withBlack = of(Float32Array.of(...peaks([0, 1]), ...new Float32Array(classes).fill(NaN), ...peaks([2, 3])))
  expect([...withBlack]).toEqual([all[0], all[1], 0, all[2], all[3]])
})

test('standardErrorsBetween is the paired t statistic', () => {
  // Differences 1, 2, 3: mean 2, standard deviation 1, standard error 1/√3.
  expect(standardErrorsBetween(Float64Array.of(2, 4, 6), Float64Array.of(1, 2, 3))).toBeCloseTo(2 * Math.sqrt(3), 12)
  expect(standardErrorsBetween(Float64Array.of(1, 2), Float64Array.of(1, 2))).toBe(0)
  // Two images cannot support a larger margin, however alike they are.
  expect(standardErrorsBetween(Float64Array.of(1, 1), Float64Array.of(2, 2))).toBe(-10)
})
