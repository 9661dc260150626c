import { describe, expect, test } from '@jest/globals'
import { heldOutFigures } from '../../src/calibration/held-out-figures.js'
import { addedAlone } from '../../src/calibration/held-out-records.js'
import type { HeldOutAnswers } from '../../src/calibration/held-out-answers.js'
import { createRandom } from '../../src/math/random.js'
import { heldOutAnswers, imagesOf, mixedRows, namesOf, same, type Answer } from './answers.js'

const whole = heldOutAnswers(mixedRows)

function figuresOf(answers: HeldOutAnswers, shift = 0) {
  return heldOutFigures(imagesOf(answers, same(answers, shift)), namesOf(answers).added)
}

describe('heldOutFigures', () => {
  test('counts hits, leaks and misses', () => {
    expect(figuresOf(whole)).toMatchObject({
      old: { top1Before: 3 / 5, top1After: 2 / 5, count: 5 },
      new: { top1: 2 / 4, count: 4 },
      leak: 2 / 5,
      miss: 1 / 4,
      perClass: [
        { label: 'added 0', count: 2, top1: 1 / 2, confusedWith: [{ label: 'old 1', count: 1 }] },
        { label: 'added 1', count: 2, top1: 1 / 2, confusedWith: [{ label: 'added 0', count: 1 }] },
      ],
    })
  })

  test('a shift far down leaves the old head alone', () => {
    expect(figuresOf(whole, -100)).toMatchObject({
      old: { top1Before: 3 / 5, top1After: 3 / 5, count: 5 },
      new: { top1: 0, count: 4 },
      leak: 0,
      miss: 1,
    })
  })

  test('a merged class counts as old, is right with its base class, and does not leak', () => {
    const figures = figuresOf(heldOutAnswers(mixedRows, new Map([[0, 1]])))
    // The second old image answers class 1 through the merged column. Both new images of it are right, one by the old
    // head alone.
    expect(figures).toMatchObject({
      old: { top1Before: 5 / 7, top1After: 5 / 7, count: 7 },
      new: { top1: 1 / 2, count: 2 },
      leak: 1 / 7,
      miss: 1 / 2,
      perClass: [
        { label: 'old 1', count: 2, top1: 1, confusedWith: [] },
        { label: 'added 1', count: 2, top1: 1 / 2, confusedWith: [{ label: 'old 1', count: 1 }] },
      ],
    })
  })

  test('of merged classes alone, there is nothing to say of new ones', () => {
    const alone = mixedRows.slice(5).map(({ old }): Answer => ({ old, added: [1], shows: 0 }))
    const figures = figuresOf(heldOutAnswers(alone, new Map([[0, 1]])))
    expect(figures).toMatchObject({ old: { count: 4 }, new: { top1: null, count: 0 }, leak: 0, miss: null })
  })

  test('of made-up old images nothing is said', () => {
    const figures = heldOutFigures(addedAlone(imagesOf(whole)), namesOf(whole).added)
    expect(figures).toMatchObject({ old: null, leak: null, new: { top1: 2 / 4 } })
  })

  test('without old images there is nothing to say of them', () => {
    const figures = figuresOf(heldOutAnswers(mixedRows.slice(5)))
    expect(figures).toMatchObject({ old: null, leak: null, new: { count: 4 } })
  })

  test('has average precision and a threshold for every class of its own', () => {
    const random = createRandom('held-out figures')
    const normals = (length: number) => Array.from({ length }, () => Math.fround(random.normal()))
    const many = Array.from({ length: 150 }, (_, i): Answer => {
      const [old, added] = [normals(4), normals(3)]
      if (i % 3 === 0) return { old, added, showsOld: 0 }
      added[i % 4 === 0 ? 0 : 1]! += 1.5
      return { old, added, shows: i % 4 === 0 ? 0 : 1 }
    })
    const shifts = Float64Array.of(0.5, -0.5, 0.25)
    const answers = heldOutAnswers(many, new Map([[2, 3]]))
    const { perClass } = heldOutFigures(imagesOf(answers, shifts), namesOf(answers).added)
    expect(perClass.map(({ label }) => label)).toEqual(['added 0', 'added 1'])
    perClass.forEach(({ averagePrecision, threshold }, column) => {
      const scores = many.map(({ old, added }) => {
        const shifted = added.map((logit, c) => Math.exp(logit + shifts[c]!))
        return shifted[column]! / [...old.map(Math.exp), ...shifted].reduce((sum, one) => sum + one)
      })
      const positives = many.filter(({ shows }) => shows === column).length
      const rightFrom = (least: number) => many.filter(({ shows }, i) => shows === column && scores[i]! >= least).length
      const takenFrom = (least: number) => scores.filter((score) => score >= least).length
      const f1From = (least: number) => (2 * rightFrom(least)) / (positives + takenFrom(least))
      // Of scores that differ, every image of the class adds the precision at its own.
      const own = scores.filter((_, i) => many[i]!.shows === column)
      const precisions = own.map((score) => rightFrom(score) / takenFrom(score))
      expect(averagePrecision).toBeCloseTo(precisions.reduce((sum, one) => sum + one) / positives, 9)
      expect(f1From(threshold!)).toBeCloseTo(Math.max(...scores.map(f1From)), 12)
    })
  })

  test('a merged class has neither', () => {
    const merged = figuresOf(heldOutAnswers(mixedRows, new Map([[0, 1]]))).perClass
    expect(merged.map((one) => [one.label, 'threshold' in one, 'averagePrecision' in one])).toEqual([
      ['old 1', false, false],
      ['added 1', true, true],
    ])
  })
})
