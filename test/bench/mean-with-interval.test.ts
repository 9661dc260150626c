import { describe, expect, test } from '@jest/globals'
import { meanWithInterval } from '../../bench/accuracy/mean-with-interval.js'

describe('mean with interval', () => {
  test('uses the t quantile of n − 1 degrees of freedom', () => {
    // Ten draws, 4 and 6 five times each: variance 10 / 9.
    const { mean, halfWidth } = meanWithInterval([4, 6, 4, 6, 4, 6, 4, 6, 4, 6])
    expect(mean).toBe(5)
    expect(halfWidth).toBeCloseTo(2.262 * Math.sqrt(10 / 9 / 10), 12)
  })

  test('one draw has no interval', () => {
    expect(meanWithInterval([0.5])).toEqual({ mean: 0.5, halfWidth: 0 })
  })
})
