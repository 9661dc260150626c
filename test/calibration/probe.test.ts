import { describe, expect, test } from '@jest/globals'
import { probeShift } from '../../src/calibration/probe.js'
import type { Head } from '../../src/head/types.js'
import { addedLogits, dim, featuresOf, imagesOf } from '../support/tiny-world.js'

const probe = imagesOf({ directions: [0, 1, 2], noise: 1, images: 40, seed: 'probe' })
const head: Head = {
  dim,
  classes: 2,
  weight: Float32Array.from({ length: dim * 2 }, (_, i) => (i % 3) - 0.5),
  bias: Float32Array.of(1, 0),
}
const margins = featuresOf(probe).map((features, row) => Math.max(...addedLogits(head, features)) - probe.oldBest[row]!)
const leakAt = (shift: number) => margins.filter((margin) => margin + shift > 0).length / margins.length

describe('probeShift', () => {
  test('is the log odds of the prior, and tells the leak under it', async () => {
    const { shifts, leak } = await probeShift(probe, head, { prior: 0.25 })
    // A prior is for five classes, and here are two.
    expect([...shifts]).toEqual(new Array(2).fill(expect.closeTo(Math.log((2 / 5) * (1 / 3)), 12)))
    expect(leak).toBeCloseTo(leakAt(shifts[0]!), 12)
    expect(leak).toBeGreaterThan(0.05)
    expect(leak).toBeLessThan(0.95)
  })

  test('is less where the guard asks for less', async () => {
    const { shifts, leak } = await probeShift(probe, head, { prior: 0.25, maxOldDrop: 0.025 })
    expect(shifts[0]).toBeLessThan(Math.log((2 / 5) * (1 / 3)))
    // Two of the 120: with one more to come, three would be four of 121.
    expect(leak).toBeCloseTo(2 / 120, 12)
  })
})
