import { describe, expect, test } from '@jest/globals'
import { oldDropGuard, priorShift } from '../../src/calibration/old-drop-guard.js'
import { createRandom } from '../../src/math/random.js'

describe('oldDropGuard', () => {
  // Ten old images, eight of them right before; three would leak.
  const margins = Float64Array.of(-4, 2, -1, 0.5, -3, 1, -2, -5)
  const count = 10

  test.each([
    [0, 2], // none may go: down past the largest margin
    [0.1, 1], // one may
    [0.2, 0.5],
    [0.19, 1], // a part of an image is none
  ])('at most %d lost: γ lies just above %d', (maxOldDrop, margin) => {
    const guard = oldDropGuard(margins, count, maxOldDrop)
    expect(guard).toBeGreaterThan(margin)
    expect(guard).toBeCloseTo(margin, 4)
  })

  test.each([0.3, 0.5, 1])('is 0 where %d may be lost anyway', (maxOldDrop) => {
    expect(oldDropGuard(margins, count, maxOldDrop)).toBe(0)
  })

  test('is never below 0', () => {
    expect(oldDropGuard(Float64Array.of(-3, -1), 2, 0)).toBe(0)
    expect(oldDropGuard(new Float64Array(0), 0, 0)).toBe(0)
  })

  test('a tie goes to the old class', () => {
    expect(oldDropGuard(Float64Array.of(0), 1, 0)).toBeGreaterThan(0)
  })

  test('keeps the drop within the limit, and comes down no further than it must', () => {
    const random = createRandom('guard')
    for (const maxOldDrop of [0, 0.01, 0.05, 0.3]) {
      const many = Float64Array.from({ length: 400 }, () => 3 * random.normal())
      const guard = oldDropGuard(many, 500, maxOldDrop)
      const lost = (shift: number) => many.filter((margin) => margin - shift >= 0).length / 500
      expect(lost(guard)).toBeLessThanOrEqual(maxOldDrop)
      expect(lost(guard - 1e-3)).toBeGreaterThan(maxOldDrop)
    }
  })

  test('allows the fraction it is told, whatever its binary digits', () => {
    // 0.29 · 100 is 28.999999999999996.
    const many = Float64Array.from({ length: 100 }, (_, i) => 1 + i)
    expect(oldDropGuard(many, 100, 0.29)).toBeCloseTo(71, 2)
  })

  test('leaves the margins as they are', () => {
    const own = Float64Array.of(1, 3, 2)
    oldDropGuard(own, 3, 0)
    expect([...own]).toEqual([1, 3, 2])
  })
})

describe('priorShift', () => {
  test("is log(π / (1 − π)): method.md's formula at λ = 1", () => {
    expect(priorShift(0.5)).toBe(0)
    expect(priorShift(0.2)).toBeCloseTo(Math.log(0.2 / 0.8), 14)
  })

  test('turns even odds into the prior', () => {
    // Where the head finds new and old equally likely, the shift makes "new" as likely as the prior says.
    const [old, added] = [1.7, 1.7]
    const shifted = Math.exp(added + priorShift(0.1))
    expect(shifted / (shifted + Math.exp(old))).toBeCloseTo(0.1, 12)
  })
})
