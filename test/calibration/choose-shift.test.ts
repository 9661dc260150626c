import { describe, expect, test } from '@jest/globals'
import { chooseShift, marginNoise } from '../../src/calibration/choose-shift.js'
import { heldOutFigures } from '../../src/calibration/held-out-figures.js'
import { oldMargins } from '../../src/calibration/old-margins.js'
import { guardCeiling } from '../../src/calibration/old-drop-guard.js'
import { priorShifts } from '../../src/calibration/prior-shift.js'
import { createRandom } from '../../src/math/random.js'
import { heldOutAnswers, imagesOf, namesOf, same, type Answer } from './answers.js'

const random = createRandom('choose shift')

/** Old images that the base gets right. */
function oldImages(images: number, added: readonly number[]): Answer[] {
  return Array.from({ length: images }, () => {
    const logits = Array.from({ length: 3 }, () => 2 * random.normal())
    const showsOld = logits.indexOf(Math.max(...logits))
    return { old: logits, added: added.map((mean) => 2 * random.normal() + mean), showsOld }
  })
}

const old = oldImages(200, [-1])
const added = Array.from({ length: 50 }, (): Answer => ({ old: [0, 0], added: [2 * random.normal()], shows: 0 }))
const answers = heldOutAnswers([...added, ...old])
const prior = 0.7

function dropAt(some: typeof answers, shifts: Float64Array): number {
  const { top1Before, top1After } = heldOutFigures(imagesOf(some, shifts), namesOf(some).added).old!
  return top1Before - top1After
}

describe('chooseShift of one increment', () => {
  test("is the prior's where the guard allows it", () => {
    expect(chooseShift(answers, { prior })).toEqual(priorShifts(answers, prior))
    expect(chooseShift(answers, { prior, maxOldDrop: 0.9 })).toEqual(priorShifts(answers, prior))
  })

  test("is the guard's where that is less", () => {
    const { margins, count } = oldMargins(answers, same(answers, Infinity), same(answers, 0))
    const most = guardCeiling(margins, count, 0.01, marginNoise)
    expect(most).toBeLessThan(priorShifts(answers, prior)[0]!)
    expect([...chooseShift(answers, { prior, maxOldDrop: 0.01 })]).toEqual([expect.closeTo(most, 3)])
  })

  test('of one image a class goes by the guard alone, and without one by the log odds', () => {
    const single = heldOutAnswers([added[0]!, ...old])
    const { margins, count } = oldMargins(single, same(single, Infinity), same(single, 0))
    expect([...chooseShift(single, { prior, maxOldDrop: 0.01 })]).toEqual([
      expect.closeTo(guardCeiling(margins, count, 0.01, marginNoise), 3),
    ])
    expect(chooseShift(single, { prior })[0]).toBeCloseTo(Math.log(0.7 / 0.3 / 5), 12)
  })
})

test('frozen classes, whose images are never at risk, give base classes no more losses', () => {
  const baseClasses = 3
  const frozen = Array.from({ length: 2000 }, (): Answer => ({ old: [-9, -9, -9, 30], added: [-9], showsOld: 3 }))
  const withBase = (some: typeof answers) => ({ ...some, rows: { ...some.rows, baseClasses } })
  const beside = heldOutAnswers([...added, ...old, ...frozen])
  const limits = { prior, maxOldDrop: 0.01 }
  const alone = chooseShift(answers, limits)
  expect([...chooseShift(withBase(beside), limits)]).toEqual([expect.closeTo(alone[0]!, 3)])
  expect(chooseShift(beside, limits)[0]).toBeGreaterThan(alone[0]! + 0.5)
  // Their own limit holds as well.
  const atRisk = Array.from({ length: 200 }, (): Answer => ({ old: [-9, -9, -9, 3], added: [4], showsOld: 3 }))
  const lower = chooseShift(withBase(heldOutAnswers([...added, ...old, ...atRisk])), limits)
  expect(lower[0]).toBeLessThan(-1)
})

describe('chooseShift of several increments', () => {
  // The first competes with old classes, the second is unsure of itself, the third is told from all else with ease.
  const three = [
    ...oldImages(400, [-2, -7, -30]),
    ...Array.from({ length: 60 }, (): Answer => ({ old: [0], added: [1 + 2 * random.normal(), -8, -30], shows: 0 })),
    ...Array.from({ length: 60 }, (): Answer => ({ old: [0], added: [-8, 2 * random.normal() - 5, -30], shows: 1 })),
    ...Array.from({ length: 60 }, (): Answer => ({ old: [0], added: [-9, -9, 9 + random.normal()], shows: 2 })),
  ]
  const whole = heldOutAnswers(three, undefined, [4, 5, 6])

  test('the guard holds for all of them together, and goes not much further', () => {
    for (const maxOldDrop of [0.005, 0.01, 0.02]) {
      expect(dropAt(whole, priorShifts(whole, prior))).toBeGreaterThan(maxOldDrop)
      const shifts = chooseShift(whole, { prior, maxOldDrop })
      expect(dropAt(whole, shifts)).toBeLessThanOrEqual(maxOldDrop + 1e-9)
      expect(
        dropAt(
          whole,
          shifts.map((shift) => shift + 1),
        ),
      ).toBeGreaterThan(maxOldDrop)
    }
  })

  test('lowers what was raised most, what was added later a little more', () => {
    const free = priorShifts(whole, prior)
    const shifts = chooseShift(whole, { prior, maxOldDrop: 0.01 })
    const ceiling = shifts[1]!
    expect(ceiling).toBeLessThan(free[1]!)
    expect([...shifts]).toEqual(
      [Math.min(free[0]!, ceiling + 0.5), ceiling, Math.min(free[2]!, ceiling - 0.25)].map((shift) =>
        expect.closeTo(shift, 9),
      ),
    )
  })

  test('an increment that is told from all else with ease leaves the operating points of the others', () => {
    const two = heldOutAnswers(
      three.filter(({ shows }) => shows !== 2).map((row) => ({ ...row, added: row.added.slice(0, 2) })),
      undefined,
      [4, 5],
    )
    for (const maxOldDrop of [undefined, 0.01]) {
      const before = chooseShift(two, { prior, maxOldDrop })
      const after = chooseShift(whole, { prior, maxOldDrop })
      before.forEach((shift, column) => expect(after[column]).toBeCloseTo(shift, 2))
    }
  })
})
