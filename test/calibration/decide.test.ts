import { describe, expect, test } from '@jest/globals'
import { decide } from '../../src/calibration/decide.js'
import { argMax, logAddExp } from '../../src/math/softmax.js'
import { createRandom } from '../../src/math/random.js'
import { heldOutAnswers, same, type Answer } from './answers.js'

describe('decide', () => {
  const answers = heldOutAnswers([
    { old: [1, 3], added: [2, 0] },
    { old: [1, 3], added: [2, 4], shows: 1 },
    { old: [3, 3], added: [3, -1], shows: 0 },
  ])

  test('answers with the largest logit of both heads; a tie goes to the old class', () => {
    expect(decide(answers, same(answers, 0))).toEqual([1, -2, 0])
  })

  test('the shift moves all added logits', () => {
    expect(decide(answers, same(answers, 1.5))).toEqual([-1, -2, -1])
    expect(decide(answers, same(answers, -1.5))).toEqual([1, 1, 0])
    expect(decide(answers, Float64Array.of(1.5, -1.5))).toEqual([-1, -1, -1])
  })

  test('a merged column answers with its base class, as logsumexp of both', () => {
    const merged = new Map([[0, 1]])
    const both = heldOutAnswers(
      [
        // Apart, column 1 would win with 2.5; together, class 1 has log(2 e²) = 2.69.
        { old: [0, 2], added: [2, 2.5], shows: 0 },
        { old: [2, 0], added: [3, 1], shows: 0 },
        // Class 1 is not the best old one here, but it is the one the image shows.
        { old: [3, 2.9], added: [2.9, 0], shows: 0 },
      ],
      merged,
    )
    expect(decide(both, same(both, 0))).toEqual([1, 1, 1])
    expect(decide(both, same(both, -2))).toEqual([1, 0, 1])
  })

  test('agrees with the whole joint logits wherever the old part of a merged class is known', () => {
    const random = createRandom('decide')
    const merged = new Map([[1, 2]])
    const rows = Array.from({ length: 300 }, (): Answer => {
      const old = Array.from({ length: 4 }, () => 2 * random.normal())
      const shows = random.integer(3)
      return { old, added: Array.from({ length: 3 }, () => 2 * random.normal()), shows }
    })
    const decisions = decide(heldOutAnswers(rows, merged), Float64Array.of(0.3, -0.2, 0.1))
    let compared = 0
    rows.forEach(({ old, added, shows }, row) => {
      if (old.indexOf(Math.max(...old)) !== 2 && shows !== 1) return
      const joint = [...old, added[0]! + 0.3, added[2]! + 0.1]
      joint[2] = logAddExp(old[2]!, added[1]! - 0.2)
      expect(decisions[row]).toBe([0, 1, 2, 3, -1, -3][argMax(joint)])
      compared++
    })
    expect(compared).toBeGreaterThan(100)
  })
})
