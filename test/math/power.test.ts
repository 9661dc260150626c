import { describe, expect, test } from '@jest/globals'
import { power } from '../../src/math/power.js'

describe('a power', () => {
  test.each([
    [2.5, 3, 15.625],
    [4 / 3, -1, 0.75],
    [9, 0.5, 3],
    [1e-8, 1.5, 1e-12],
  ])('of %d to %d is %d', (base, exponent, expected) => {
    expect(Math.abs(power(base, exponent) / expected - 1)).toBeLessThan(1e-14)
  })

  test('of nothing, and to nothing, is what the operator gives', () => {
    for (const [base, exponent] of [
      [0, 2],
      [0, -1],
      [0, 0],
      [7, 0],
      [0, NaN],
      [3, NaN],
    ] as const) {
      expect(power(base, exponent)).toBe(base ** exponent)
    }
  })

  test('has the same bits on every version of Node', () => {
    // By their own operator, Node 22 and 24 differ in the last bit of each of these.
    const powers = [power(0.43243243243243246, 1.2222222222222223), power(1.3243243243243243, 1.3333333333333335)]
    expect(powers).toEqual([0.35893119506971216, 1.454317202658213])
  })
})
