import { expect, test } from '@jest/globals'
import { bestOf } from '../../src/head/choose-kind.js'

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
