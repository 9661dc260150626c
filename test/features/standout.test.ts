import { describe, expect, test } from '@jest/globals'
import { oldSpread, standout, standoutOf } from '../../src/features/standout.js'

/** 101 old logits of 0 to 10: the median is 5, the quantiles at 16 % and 84 % are 1.6 and 8.4. */
const even = Float32Array.from({ length: 101 }, (_, i) => i / 10)

describe('oldSpread', () => {
  test('is that of most old logits, however large a few are', () => {
    expect(oldSpread(even).median).toBeCloseTo(5, 6)
    expect(oldSpread(even).deviation).toBeCloseTo(3.4, 6)
    const some = even.map((logit, i) => (i > 90 ? 1000 : logit))
    expect(oldSpread(some)).toEqual(oldSpread(even))
  })

  test('is not known of fewer than twenty old classes', () => {
    expect(oldSpread(even.subarray(0, 19))).toEqual({ median: NaN, deviation: NaN })
    expect(oldSpread(even.subarray(0, 20)).median).toBeCloseTo(0.95, 6)
  })
})

describe('how far the largest logit stands out', () => {
  test('is counted from the median of the old ones, whichever head it is of', () => {
    expect(standoutOf(even, 101)).toBeCloseTo(5 / 3.4, 5)
    expect(standoutOf(Float32Array.of(...even, 12, -3), 101)).toBeCloseTo(7 / 3.4, 5)
  })

  test('does not change with scale and shift of all logits', () => {
    const logits = Float32Array.of(...even, 12)
    const other = logits.map((logit) => 7 * logit - 40)
    expect(standoutOf(other, 101)).toBeCloseTo(standoutOf(logits, 101)!, 5)
  })

  test('is a number where all are equal, and null where the spread is not known', () => {
    expect(standoutOf(new Float32Array(30), 30)).toBe(0)
    expect(standout(5, { median: NaN, deviation: NaN })).toBeNull()
    expect(standoutOf(Float32Array.of(1, 2, 3), 2)).toBeNull()
  })
})
