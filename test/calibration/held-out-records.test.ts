import { describe, expect, test } from '@jest/globals'
import type { HeldOutAnswers } from '../../src/calibration/held-out-answers.js'
import { createRandom } from '../../src/math/random.js'
import { heldOutAnswers, recordsOf, same, type Answer } from './answers.js'

/** The first answers; old classes are columns 0 to 4, added ones follow. */
function firstAnswers(answers: HeldOutAnswers, shifts = same(answers, 0)): number[] {
  return recordsOf(answers, shifts).map((record) => record.answers[0]!.index)
}

describe('the answer', () => {
  const answers = heldOutAnswers([
    { old: [1, 3], added: [2, 0] },
    { old: [1, 3], added: [2, 4], shows: 1 },
    { old: [3, 3], added: [3, -1], shows: 0 },
  ])

  test('answers with the largest logit of both heads; a tie goes to the old class', () => {
    expect(firstAnswers(answers)).toEqual([1, 6, 0])
  })

  test('the shift moves all added logits', () => {
    expect(firstAnswers(answers, same(answers, 1.5))).toEqual([5, 6, 5])
    expect(firstAnswers(answers, same(answers, -1.5))).toEqual([1, 1, 0])
    expect(firstAnswers(answers, Float64Array.of(1.5, -1.5))).toEqual([5, 5, 5])
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
    expect(firstAnswers(both)).toEqual([1, 1, 1])
    expect(firstAnswers(both, same(both, -2))).toEqual([1, 0, 1])
  })
})

/** The joint softmax over 5 old classes and the added ones, by column, in float64. */
function jointSoftmax(old: readonly number[], added: readonly number[], mergedInto: readonly (number | undefined)[]) {
  const odds = old.map(Math.exp)
  added.forEach((logit, column) => {
    const base = mergedInto[column]
    if (base === undefined) odds.push(Math.exp(logit))
    else odds[base]! += Math.exp(logit)
  })
  const total = odds.reduce((sum, one) => sum + one, 0)
  return odds.map((one) => one / total)
}

describe('records', () => {
  const random = createRandom('records')
  const normals = (length: number) => Array.from({ length }, () => Math.fround(2 * random.normal()))
  const images = Array.from({ length: 300 }, (_, i): Answer => {
    const both = { old: normals(5), added: normals(3) }
    return i % 2 === 0 ? { ...both, shows: random.integer(3) } : { ...both, showsOld: random.integer(5) }
  })
  const shifts = Float64Array.of(0.3, -0.2, 0.1)
  const shifted = images.map(({ added }) => added.map((logit, column) => logit + shifts[column]!))
  const bestOld = images.map(({ old }) => old.indexOf(Math.max(...old)))

  test('have the exact probabilities in the joint softmax, of the added classes and the best old one', () => {
    recordsOf(heldOutAnswers(images), shifts).forEach(({ answers, truth, truthProbability }, row) => {
      const expected = jointSoftmax(images[row]!.old, shifted[row]!, [])
      const known = [bestOld[row]!, 5, 6, 7].sort((a, b) => expected[b]! - expected[a]!)
      expect(answers.map(({ index }) => index)).toEqual(known)
      for (const { index, probability } of answers) expect(probability).toBeCloseTo(expected[index]!, 6)
      if (!known.includes(truth.index)) expect(truthProbability).toBeNull()
      else expect(truthProbability).toBeCloseTo(expected[truth.index]!, 6)
    })
  })

  test('a merged class has the probability of both heads wherever its old part is known', () => {
    const records = recordsOf(heldOutAnswers(images, new Map([[1, 2]])), shifts)
    let compared = 0
    records.forEach(({ answers }, row) => {
      if (bestOld[row] !== 2 && images[row]!.shows !== 1) return
      const expected = jointSoftmax(images[row]!.old, shifted[row]!, [undefined, 2])
      expect(answers[0]!.index).toBe(expected.indexOf(Math.max(...expected)))
      for (const { index, probability } of answers) expect(probability).toBeCloseTo(expected[index]!, 6)
      compared++
    })
    expect(compared).toBeGreaterThan(70)
  })

  test('stay finite where logits are far apart', () => {
    const [record] = recordsOf(heldOutAnswers([{ old: [900, -900], added: [-900, 890], shows: 1 }]))
    expect(record!.answers[0]).toMatchObject({ index: 0, probability: expect.closeTo(1 / (1 + Math.exp(-10)), 9) })
    expect(record!.answers[2]).toMatchObject({ index: 5, probability: 0 })
  })

  test('tell files of added images alone, the kind of error, and the best of either side', () => {
    const [added, old] = recordsOf(
      heldOutAnswers([
        { old: [3, 1], added: [1, 2], shows: 0 },
        { old: [3, 4], added: [5, 1], showsOld: 0 },
      ]),
    )
    expect(added).toMatchObject({ file: '0.jpg', source: 'added', error: 'miss', baseAnswer: { index: 0 } })
    expect(added!.addedAnswer!.label).toBe('added 1')
    expect(old).toMatchObject({ file: null, source: 'rehearsal', error: 'leak', baseAnswer: { index: 1 } })
    expect(old!.truth.label).toBe('old 0')
  })

  test('have at most five answers', () => {
    const many = recordsOf(heldOutAnswers([{ old: [1, 0], added: [1, 2, 3, 4, 5, 6, 7], shows: 0 }]))[0]!
    expect(many.answers.map(({ label }) => label)).toEqual([6, 5, 4, 3, 2].map((column) => `added ${column}`))
    expect(many.truthProbability).toBeGreaterThan(0)
  })
})
