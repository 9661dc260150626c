import { describe, expect, test } from '@jest/globals'
import { priorShift } from '../../src/calibration/prior-shift.js'
import { createRandom } from '../../src/math/random.js'
import { logSumExp } from '../../src/math/softmax.js'
import { heldOutAnswers, type Answer } from './answers.js'

const random = createRandom('prior shift')
const normals = (length: number, mean = 0) => Array.from({ length }, () => mean + 2 * random.normal())

/** Images of two new classes, three times as many of the first, and of old ones. */
const rows: Answer[] = [
  ...Array.from({ length: 60 }, () => ({ old: normals(3), added: normals(2, 1), shows: 0 })),
  ...Array.from({ length: 20 }, () => ({ old: normals(3), added: normals(2, 1), shows: 1 })),
  ...Array.from({ length: 300 }, () => ({ old: normals(3, 1), added: normals(2, -1) })),
]

/** The joint softmax loss in which new classes weigh π together and old images 1 − π. */
function loss(shift: number, prior: number): number {
  const weight = (shows: number | undefined) =>
    shows === undefined ? (1 - prior) / 300 : prior / 2 / (shows === 0 ? 60 : 20)
  return rows.reduce((sum, { old, added, shows }) => {
    const moved = added.map((z) => z + shift)
    const right = shows === undefined ? logSumExp(old) : moved[shows]!
    return sum + weight(shows) * (logSumExp([...old, ...moved]) - right)
  }, 0)
}

describe('priorShift', () => {
  test.each([0.05, 0.25, 0.5, 0.9])('at a prior of %d is the minimum of the weighted loss', (prior) => {
    const shift = priorShift(heldOutAnswers(rows), prior)
    const least = loss(shift, prior)
    for (const step of [1e-3, 0.1, 1]) {
      expect(loss(shift + step, prior)).toBeGreaterThan(least)
      expect(loss(shift - step, prior)).toBeGreaterThan(least)
    }
  })

  test('is the log odds where the logits are calibrated at even odds', () => {
    // Margins of m with new : old = e^m : 1 are what an even prior makes of calibrated logits.
    const calibrated = [-2, -1, 0, 1, 2].flatMap((margin) => {
      const share = Math.round(100 / (1 + Math.exp(-margin)))
      const image = { old: [0], added: [margin] }
      return [
        ...Array.from({ length: share }, () => ({ ...image, shows: 0 })),
        ...Array.from({ length: 100 - share }, () => image),
      ]
    })
    for (const prior of [0.5, 0.25, 0.1]) {
      expect(priorShift(heldOutAnswers(calibrated), prior)).toBeCloseTo(Math.log(prior / (1 - prior)), 2)
    }
  })

  test('does not care how many images a class has', () => {
    const even = heldOutAnswers([...rows.slice(0, 60), ...Array(3).fill(rows.slice(60, 80)).flat(), ...rows.slice(80)])
    expect(priorShift(even, 0.25)).toBeCloseTo(priorShift(heldOutAnswers(rows), 0.25), 5)
  })

  test('leaves out merged classes and classes of a single image', () => {
    const plain = priorShift(heldOutAnswers(rows.filter(({ shows }) => shows !== 1)), 0.25)
    expect(priorShift(heldOutAnswers(rows, new Map([[1, 2]])), 0.25)).toBeCloseTo(plain, 5)
    const single = rows.filter((row, i) => row.shows !== 1 || i === 60)
    expect(priorShift(heldOutAnswers(single), 0.25)).toBeCloseTo(plain, 5)
  })

  test('without new images to go by there is no end to it, without old ones it is the log odds', () => {
    expect(priorShift(heldOutAnswers([rows[0]!, ...rows.slice(80)]), 0.25)).toBe(Infinity)
    expect(priorShift(heldOutAnswers(rows.slice(0, 80)), 0.25)).toBeCloseTo(-Math.log(3), 12)
  })
})
