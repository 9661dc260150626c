import { describe, expect, test } from '@jest/globals'
import { energyQuantiles, rejectThreshold } from '../../src/calibration/reject.js'
import { createRandom } from '../../src/math/random.js'
import { heldOutAnswers } from './answers.js'

/** Quantiles are kept to four decimals. */
const half = 0.5e-4 + 1e-6

const random = createRandom('reject')
const normals = (length: number) => Array.from({ length }, () => 3 * random.normal())
const rows = Array.from({ length: 401 }, () => ({ old: normals(4), added: normals(2) }))

describe('energyQuantiles', () => {
  test.each([0, -1.5])('are those of the logsumexp over all logits, with added ones shifted by %d', (shift) => {
    const energies = rows
      .map(({ old, added }) =>
        Math.log([...old, ...added.map((z) => z + shift)].reduce((sum, z) => sum + Math.exp(z), 0)),
      )
      .sort((a, b) => a - b)
    const quantiles = energyQuantiles(heldOutAnswers(rows), shift)
    expect(quantiles).toHaveLength(201)
    // Of 401 images, every second energy is a two-hundredth.
    quantiles.forEach((value, i) => expect(Math.abs(value - energies[2 * i]!)).toBeLessThan(half))
  })

  test('of a single image are its energy', () => {
    const quantiles = energyQuantiles(heldOutAnswers([{ old: [1, 2], added: [0] }]), 0)
    expect(new Set(quantiles)).toEqual(new Set([Math.round(1e4 * Math.log(Math.E + Math.E ** 2 + 1)) / 1e4]))
  })
})

describe('rejectThreshold', () => {
  test('rejects as large a share of the held-out images as asked for', () => {
    const answers = heldOutAnswers(rows)
    const quantiles = energyQuantiles(answers, 0)
    for (const rate of [0.01, 0.05, 0.123, 0.5]) {
      const threshold = rejectThreshold(quantiles, rate)
      const energies = rows.map(({ old, added }) =>
        Math.log([...old, ...added].reduce((sum, z) => sum + Math.exp(z), 0)),
      )
      const rejected = energies.filter((energy) => energy < threshold).length / rows.length
      expect(Math.abs(rejected - rate)).toBeLessThan(1 / 200)
    }
  })

  test('goes straight from point to point, from the least energy to the greatest', () => {
    const quantiles = [1, 2, 4]
    expect([0, 0.25, 0.5, 0.75, 1].map((rate) => rejectThreshold(quantiles, rate))).toEqual([1, 1.5, 2, 3, 4])
  })
})
