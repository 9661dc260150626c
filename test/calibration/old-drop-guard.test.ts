import { describe, expect, test } from '@jest/globals'
import { allowedLosses, guardCeiling } from '../../src/calibration/old-drop-guard.js'
import { createRandom } from '../../src/math/random.js'

describe('guardCeiling', () => {
  // Ten old images, eight of them right before; three would leak.
  const margins = Float64Array.of(-4, 2, -1, 0.5, -3, 1, -2, -5)
  const count = 10

  test.each([
    [0, 2], // none may go: down past the largest margin
    [0.09, 2], // a part of an image is none
    [0.1, 1], // one in ten would be two in eleven, with the next one, but the limit allows an image
    [0.2, 1], // one may
    [0.25, 1], // a part of an image is none
    [0.3, 0.5],
    [0.4, -1], // three go anyway: there is room upwards
    [0.8, -5],
  ])('at most %d lost: the shift takes the margin %d to just below 0', (maxOldDrop, margin) => {
    const shift = guardCeiling(margins, count, maxOldDrop)
    expect(margin + shift).toBeLessThan(0)
    expect(shift).toBeCloseTo(-margin, 4)
  })

  test('is without limit where all may be lost', () => {
    expect(guardCeiling(margins, count, 0.9)).toBe(Infinity)
    expect(guardCeiling(new Float64Array(0), 0, 0)).toBe(Infinity)
  })

  test('a tie goes to the old class', () => {
    expect(guardCeiling(Float64Array.of(0), 1, 0)).toBeLessThan(0)
  })

  test('keeps the drop within the limit with an image to come, and goes as far up as it may', () => {
    const random = createRandom('guard')
    for (const maxOldDrop of [0, 0.01, 0.05, 0.3]) {
      const many = Float64Array.from({ length: 400 }, () => 3 * random.normal())
      const shift = guardCeiling(many, 500, maxOldDrop)
      const lost = (by: number) => many.filter((margin) => margin + by >= 0).length / 500
      expect(lost(shift)).toBeLessThanOrEqual(maxOldDrop)
      const withNext = (by: number) => (500 * lost(by) + 1) / 501
      expect(500 * lost(shift) <= 1 || withNext(shift) <= maxOldDrop).toBe(true)
      expect(withNext(shift + 1e-3)).toBeGreaterThan(maxOldDrop)
    }
  })

  test('allows the fraction it is told, whatever its binary digits', () => {
    // 0.29 · 100 is 28.999999999999996.
    const many = Float64Array.from({ length: 99 }, (_, i) => 1 + i)
    expect(guardCeiling(many, 99, 0.29)).toBeCloseTo(-71, 2)
  })

  test('holds on average over images that it has not seen', () => {
    const random = createRandom('guard, fresh')
    const draw = (length: number) => Float64Array.from({ length }, () => 3 * random.normal())
    let drop = 0
    for (let round = 0; round < 4000; round++) {
      const shift = guardCeiling(draw(200), 200, 0.05)
      drop += draw(200).filter((margin) => margin + shift > 0).length / 200 / 4000
    }
    // The tenth largest of 200 is passed by a fresh one with a probability of 10/201; the mean scatters by .0004.
    expect(Math.abs(drop - 10 / 201)).toBeLessThan(0.0015)
  })

  test('keeps one to spare where there are enough, and lets one go wherever the limit allows an image', () => {
    expect([1000, 499, 299, 298, 199, 100, 99, 0].map((count) => allowedLosses(count, 0.01))).toEqual([
      9, 4, 2, 1, 1, 1, 0, 0,
    ])
    expect(allowedLosses(100, 0)).toBe(0)
  })

  test('of uncertain margins, holds the number that is expected to be lost to seven eighths as well', () => {
    const random = createRandom('guard, uncertain')
    const noise = 0.7
    const many = Float64Array.from({ length: 1000 }, () => 2 * random.normal() - 5)
    const shift = guardCeiling(many, 1000, 0.01, noise)
    expect(shift).toBeLessThan(guardCeiling(many, 1000, 0.01))
    // What is lost where each margin is drawn anew, with the noise that the guard takes it to have.
    const logistic = () => -Math.log(1 / random.next() - 1) / 1.702
    let lost = 0
    for (let draw = 0; draw < 2000; draw++) {
      lost += many.filter((margin) => margin + noise * logistic() + shift > 0).length / 2000
    }
    expect(Math.abs(lost - (7 / 8) * 9.5)).toBeLessThan(0.2)
  })

  test('of uncertain margins, does not leap where one of them passes another', () => {
    const margins = (moved: number) =>
      Float64Array.of(4, 3.9, 3.8, moved, -2, -2.1, -2.2, ...new Array<number>(400).fill(-9))
    const leap = (noise: number) =>
      guardCeiling(margins(-1.99), 400, 0.01, noise) - guardCeiling(margins(3.7), 400, 0.01, noise)
    expect(leap(0)).toBeGreaterThan(5)
    expect(leap(0.7)).toBeLessThan(leap(0))
  })

  test('leaves the margins as they are', () => {
    const own = Float64Array.of(1, 3, 2)
    guardCeiling(own, 3, 0)
    expect([...own]).toEqual([1, 3, 2])
  })
})
