import { expect, test } from '@jest/globals'
import { medianOf } from '../../src/math/median.js'

test.each([
  [[3], 3],
  [[10, 9, -1], 9],
  [[1, 100, 20, 3], 20],
  [new Set([5, -5, 0]), 0],
  [[], NaN],
])('the median of %j is %p', (values, median) => {
  expect(medianOf(values)).toBe(median)
})
