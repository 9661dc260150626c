import { expect, test } from '@jest/globals'
import { linearR2 } from '../../bench/speed/sections/scale.js'

test('r² is 1 on a straight line and falls with the distance from it', () => {
  expect(linearR2([1, 2, 3, 4], [5, 7, 9, 11])).toBeCloseTo(1, 12)
  // Residuals of y = x on 0, 1, 2 with 1, 0, 2: slope 1/2, so r² = (1/2)² · 2 / 2.
  expect(linearR2([0, 1, 2], [1, 0, 2])).toBeCloseTo(0.25, 12)
})
