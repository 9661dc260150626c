import { expect, test } from '@jest/globals'
import { wilsonInterval } from '../../src/math/wilson.js'

test('is the interval of the textbook', () => {
  // Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion", 2001: the roots of n (p̂ − p)² = z² p (1
  // − p).
  for (const [share, count] of [
    [0.737, 99],
    [0.5, 4],
  ] as const) {
    const { low, high } = wilsonInterval(share, count)
    for (const p of [low, high]) expect(count * (share - p) ** 2).toBeCloseTo(1.959964 ** 2 * p * (1 - p), 6)
    expect(low).toBeLessThan(share)
    expect(high).toBeGreaterThan(share)
  }
})

test('stays between 0 and 1, and is never a point', () => {
  expect(wilsonInterval(0, 5)).toEqual({ low: expect.closeTo(0, 9), high: expect.closeTo(0.4345, 3) })
  const { low, high } = wilsonInterval(1, 5)
  expect([low, high]).toEqual([expect.closeTo(0.5655, 3), expect.closeTo(1, 9)])
})
