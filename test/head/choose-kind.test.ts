import { expect, test } from '@jest/globals'
import { bestOf, isBetter } from '../../src/head/choose-kind.js'

const losses = (...values: number[]) => Float64Array.from(values)

test('the least losses are taken, where the images agree', () => {
  expect(bestOf([losses(1, 2, 3), losses(0.9, 1.9, 2.9), losses(0.8, 1.8, 2.81)])).toBe(2)
  expect(bestOf([losses(1, 2, 3), losses(1.1, 2.1, 3.1)])).toBe(0)
})

test('of two that differ by less than the standard error, the first is taken', () => {
  // The gain is 0.5, and its standard error 2.3.
  expect(bestOf([losses(1, 2, 3, 4), losses(0, 3, 1.5, 5)])).toBe(0)
  expect(bestOf([losses(1, 1), losses(1, 1)])).toBe(0)
})

test('one is better than another by more than so many standard errors of the difference', () => {
  // Gains of .25, .5, .75 and .5: 2 together, and their standard error is .35.
  const [others, better] = [losses(1, 2, 3, 4), losses(0.75, 1.5, 2.25, 3.5)]
  expect(isBetter(better, others, 5)).toBe(true)
  expect(isBetter(better, others, 6)).toBe(false)
})
