import { describe, expect, test } from '@jest/globals'
import { classOdds, priorShifts } from '../../src/calibration/prior-shift.js'
import { createRandom } from '../../src/math/random.js'
import { logSumExp } from '../../src/math/softmax.js'
import { heldOutAnswers, type Answer } from './answers.js'

const random = createRandom('prior shift')
const normals = (length: number, mean = 0) => Array.from({ length }, () => mean + 2 * random.normal())
const many = <T>(length: number, one: () => T) => Array.from({ length }, one)

/** Images of two new classes, three times as many of the first, and of old ones. */
const rows: Answer[] = [
  ...many(60, () => ({ old: normals(3), added: normals(2, 1), shows: 0 })),
  ...many(20, () => ({ old: normals(3), added: normals(2, 1), shows: 1 })),
  ...many(300, () => ({ old: normals(3, 1), added: normals(2, -1) })),
]

/** The joint softmax loss in which every new class has its odds against all old images together. */
function loss(some: readonly Answer[], shifts: readonly number[], prior: number): number {
  const images = (shows: number | undefined) => some.filter((row) => row.shows === shows).length
  const weights = new Map(
    [undefined, 0, 1, 2].map((shows) => [shows, (shows === undefined ? 1 : classOdds(prior)) / images(shows)]),
  )
  return some.reduce((sum, { old, added, shows }) => {
    const moved = added.map((z, column) => z + shifts[column]!)
    const right = shows === undefined ? logSumExp(old) : moved[shows]!
    return sum + weights.get(shows)! * (logSumExp([...old, ...moved]) - right)
  }, 0)
}

describe('priorShifts of one increment', () => {
  test.each([0.05, 0.25, 0.5, 0.9])('at a prior of %d are the minimum of the weighted loss', (prior) => {
    const [shift, other] = priorShifts(heldOutAnswers(rows), prior) as unknown as [number, number]
    expect(other).toBe(shift)
    const least = loss(rows, [shift, shift], prior)
    for (const step of [-1, -0.1, -1e-2, 1e-2, 0.1, 1]) {
      expect(loss(rows, [shift + step, shift + step], prior)).toBeGreaterThan(least)
    }
  })

  test('are the log odds where the logits are calibrated at even odds', () => {
    // Margins of m with new : old = e^m : 1 are what an even prior makes of calibrated logits; a prior is for five
    // classes.
    const calibrated = [-2, -1, 0, 1, 2].flatMap((margin) => {
      const share = Math.round(100 / (1 + Math.exp(-margin)))
      const image = { old: [0], added: [margin] }
      return [...many(share, () => ({ ...image, shows: 0 })), ...many(100 - share, () => image)]
    })
    for (const prior of [0.5, 0.25, 0.1]) {
      const [shift] = priorShifts(heldOutAnswers(calibrated), prior)
      expect(shift).toBeCloseTo(Math.log(prior / (1 - prior) / 5), 2)
    }
  })

  test('do not care how many images a class has', () => {
    const even = heldOutAnswers([...rows.slice(0, 60), ...Array(3).fill(rows.slice(60, 80)).flat(), ...rows.slice(80)])
    expect(priorShifts(even, 0.25)[0]).toBeCloseTo(priorShifts(heldOutAnswers(rows), 0.25)[0]!, 5)
  })

  test('leave out merged classes and classes of a single image', () => {
    const plain = priorShifts(heldOutAnswers(rows.filter(({ shows }) => shows !== 1)), 0.25)[0]!
    expect(priorShifts(heldOutAnswers(rows, new Map([[1, 2]])), 0.25)[0]).toBeCloseTo(plain, 5)
    const single = rows.filter((row, i) => row.shows !== 1 || i === 60)
    expect(priorShifts(heldOutAnswers(single), 0.25)[0]).toBeCloseTo(plain, 5)
  })

  test('without new images to go by there is no end to them, without old ones they are the log odds', () => {
    expect([...priorShifts(heldOutAnswers([rows[0]!, ...rows.slice(80)]), 0.25)]).toEqual([Infinity, Infinity])
    const [shift] = priorShifts(heldOutAnswers(rows.slice(0, 80)), 0.25)
    expect(shift).toBeCloseTo(Math.log(2 / 5 / 3), 12)
  })
})

describe('priorShifts of several increments', () => {
  const increment = [0, 0, 1]
  /** A third class beside them. */
  const wider = (some: readonly Answer[], added: () => number) =>
    some.map((row) => ({ ...row, added: [...row.added, added()] }))
  const unsure = [
    ...wider(rows, () => 2 * random.normal() - 5),
    ...many(400, () => ({ old: normals(3), added: [...normals(2, -1), 2 * random.normal() - 3], shows: 2 })),
  ]

  test('are the minimum of the weighted loss for each of them, but for a little restraint', () => {
    const answers = heldOutAnswers(unsure, undefined, increment)
    const [first, same, third] = priorShifts(answers, 0.25) as unknown as [number, number, number]
    expect(same).toBe(first)
    expect(third).toBeGreaterThan(first + 1)
    const least = loss(unsure, [first, first, third], 0.25)
    for (const step of [-0.2, 0.2]) {
      expect(loss(unsure, [first + step, first + step, third], 0.25)).toBeGreaterThan(least)
      expect(loss(unsure, [first, first, third + step], 0.25)).toBeGreaterThan(least)
    }
  })

  test('an increment that is told from all others with ease leaves the first where it was', () => {
    const alone = priorShifts(heldOutAnswers(rows), 0.25)[0]!
    const easy = [
      ...wider(rows, () => random.normal() - 20),
      ...many(100, () => ({ old: normals(3, -10), added: [...normals(2, -12), 10], shows: 2 })),
    ]
    const [first, , third] = priorShifts(heldOutAnswers(easy, undefined, increment), 0.25)
    expect(first).toBeCloseTo(alone, 2)
    expect(Math.abs(third!)).toBeLessThan(10)
  })

  test('ten easy classes of an increment leave the first where it was', () => {
    const alone = priorShifts(heldOutAnswers(rows), 0.25)[0]!
    const ten = Array.from({ length: 10 }, (_, i) => i)
    const easy = [
      ...rows.map((row) => ({ ...row, added: [...row.added, ...ten.map(() => random.normal() - 20)] })),
      ...ten.flatMap((own) =>
        many(20, () => ({
          old: normals(3, -10),
          added: [...normals(2, -12), ...ten.map((i) => (i === own ? 10 : -10))],
          shows: 2 + own,
        })),
      ),
    ]
    const [first] = priorShifts(heldOutAnswers(easy, undefined, [0, 0, ...ten.map(() => 1)]), 0.25)
    expect(first).toBeCloseTo(alone, 2)
  })

  test('few images move an increment little from what suits all', () => {
    const shiftsOf = (count: number) => {
      const some = [...wider(rows, () => 2 * random.normal() - 5), ...unsure.slice(rows.length, rows.length + count)]
      return priorShifts(heldOutAnswers(some, undefined, increment), 0.25)
    }
    const apart = (shifts: Float64Array) => Math.abs(shifts[2]! - shifts[0]!)
    expect(apart(shiftsOf(3))).toBeLessThan(apart(shiftsOf(400)))
    // Of one image nothing can be told: the third increment has what the two classes of the first have in common.
    const single = shiftsOf(1)
    expect(single[2]).toBeCloseTo(single[0]!, 1)
  })
})
