import { expect, test } from '@jest/globals'
import { standardErrorsBetween, surety } from '../../src/model/surety.js'

const classes = 10

/** One row per image, all 0 but `height` at the image's own class. */
function peaks(own: readonly number[], height = 1): Float32Array {
  const logits = new Float32Array(own.length * classes)
  own.forEach((c, i) => (logits[i * classes + c] = height))
  return logits
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

test('surety does not grow with the size of the logits', () => {
  const small = surety(peaks([0, 1, 2, 3]), classes)
  const large = surety(peaks([0, 1, 2, 3], 1000), classes)
  large.forEach((value, i) => expect(value).toBeCloseTo(small[i]!, 5))
})

test('surety is nothing where every image gets the same answer, and grows with their variety', () => {
  expect(mean(surety(peaks([4, 4, 4, 4]), classes))).toBeCloseTo(0, 6)
  const two = mean(surety(peaks([0, 0, 1, 1]), classes))
  const four = mean(surety(peaks([0, 1, 2, 3]), classes))
  expect(two).toBeGreaterThan(0.1)
  expect(four).toBeGreaterThan(two)
  // A peak of one among ten stands out by three standard deviations, and variety is a factor below 1.
  expect(four).toBeLessThan(3)
})

test('surety is nothing for logits that are not finite, or all equal', () => {
  expect([...surety(Float32Array.of(1, NaN, 0, 1), 2)]).toEqual([0, 0])
  expect([...surety(new Float32Array(4), 2)]).toEqual([0, 0])
})

test('surety of an image without finite logits is nothing, and the others are as sure as without it', () => {
  const all = surety(peaks([0, 1, 2, 3]), classes)
  const withBlack = surety(Float32Array.of(...peaks([0, 1]), ...new Float32Array(classes).fill(NaN), ...peaks([2, 3])), classes) // prettier-ignore
  expect([...withBlack]).toEqual([all[0], all[1], 0, all[2], all[3]])
})

test('standardErrorsBetween is the paired t statistic', () => {
  // Differences 1, 2, 3: mean 2, standard deviation 1, standard error 1/√3.
  expect(standardErrorsBetween(Float64Array.of(2, 4, 6), Float64Array.of(1, 2, 3))).toBeCloseTo(2 * Math.sqrt(3), 12)
  expect(standardErrorsBetween(Float64Array.of(1, 2), Float64Array.of(1, 2))).toBe(0)
  expect(standardErrorsBetween(Float64Array.of(1, 1), Float64Array.of(2, 2))).toBeLessThan(-100)
})
