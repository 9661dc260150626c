import { describe, expect, test } from '@jest/globals'
import { probeShift } from '../../src/calibration/probe.js'
import { createRandom } from '../../src/math/random.js'

const random = createRandom('probe')
const margins = Float64Array.from({ length: 120 }, () => 2 * random.normal())
const leakAt = (shift: number) => margins.filter((margin) => margin + shift > 0).length / margins.length

describe('probeShift', () => {
  test('is the log odds of the prior, and tells the leak under it', () => {
    const { shifts, leak } = probeShift(margins, 2, { prior: 0.25 })
    // A prior is for five classes, and here are two.
    expect([...shifts]).toEqual(new Array(2).fill(expect.closeTo(Math.log((2 / 5) * (1 / 3)), 12)))
    expect(leak).toBeCloseTo(leakAt(shifts[0]!), 12)
    expect(leak).toBeGreaterThan(0.05)
    expect(leak).toBeLessThan(0.95)
  })

  test('is less where the guard asks for less', () => {
    const { shifts, leak } = probeShift(margins, 2, { prior: 0.25, maxOldDrop: 0.025 })
    expect(shifts[0]).toBeLessThan(Math.log((2 / 5) * (1 / 3)))
    // Two of the 120: with one more to come, three would be four of 121.
    expect(leak).toBeCloseTo(2 / 120, 12)
  })
})
