import { describe, expect, test } from '@jest/globals'
import { chooseShift } from '../../src/calibration/choose-shift.js'
import { oldMargins } from '../../src/calibration/held-out.js'
import { largestShift } from '../../src/calibration/old-drop-guard.js'
import { priorShift } from '../../src/calibration/prior-shift.js'
import { createRandom } from '../../src/math/random.js'
import { heldOutAnswers, type Answer } from './answers.js'

const random = createRandom('choose shift')
const old = Array.from({ length: 200 }, (): Answer => {
  const logits = Array.from({ length: 3 }, () => 2 * random.normal())
  return { old: logits, added: [2 * random.normal() - 1], showsOld: logits.indexOf(Math.max(...logits)) }
})
const added = Array.from({ length: 50 }, (): Answer => ({ old: [0, 0], added: [2 * random.normal()], shows: 0 }))
const answers = heldOutAnswers([...added, ...old])

describe('chooseShift', () => {
  test("is the prior's where the guard allows it", () => {
    expect(chooseShift(answers, { prior: 0.25 })).toBe(priorShift(answers, 0.25))
    expect(chooseShift(answers, { prior: 0.25, maxOldDrop: 0.9 })).toBe(priorShift(answers, 0.25))
  })

  test("is the guard's where that is less", () => {
    const { margins, count } = oldMargins(answers)
    const most = largestShift(margins, count, 0.01)
    expect(most).toBeLessThan(priorShift(answers, 0.25))
    expect(chooseShift(answers, { prior: 0.25, maxOldDrop: 0.01 })).toBe(most)
  })

  test('of one image a class goes by the guard alone, and without one by the log odds', () => {
    const single = heldOutAnswers([added[0]!, ...old])
    const { margins, count } = oldMargins(single)
    expect(chooseShift(single, { prior: 0.25, maxOldDrop: 0.01 })).toBe(largestShift(margins, count, 0.01))
    expect(chooseShift(single, { prior: 0.25 })).toBeCloseTo(-Math.log(3), 12)
  })
})
