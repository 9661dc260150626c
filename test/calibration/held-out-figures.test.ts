import { describe, expect, test } from '@jest/globals'
import { heldOutFigures } from '../../src/calibration/held-out-figures.js'
import type { HeldOutAnswers } from '../../src/calibration/held-out-answers.js'
import { heldOutAnswers, namesOf, recordsOf, same, type Answer } from './answers.js'

const rows: Answer[] = [
  // Old images: kept, leaked, wrong before and after, righted by nothing, and one whose class is not known.
  { old: [5, 1], added: [0, 0], showsOld: 0 },
  { old: [1, 2], added: [3, 0], showsOld: 1 },
  { old: [4, 2], added: [0, 1], showsOld: 1 },
  { old: [4, 2], added: [0, 6], showsOld: 1 },
  { old: [0, 2], added: [1, 1] },
  // New images: right, mistaken for the other one, missed.
  { old: [0, 1], added: [2, 0], shows: 0 },
  { old: [0, 1], added: [2, 0], shows: 1 },
  { old: [0, 3], added: [2, 0], shows: 0 },
  { old: [0, 1], added: [0, 4], shows: 1 },
]

const whole = heldOutAnswers(rows)

function figuresOf(answers: HeldOutAnswers, shift = 0) {
  return heldOutFigures(recordsOf(answers, same(answers, shift)), namesOf(answers).added)
}

describe('heldOutFigures', () => {
  test('counts hits, leaks and misses', () => {
    expect(figuresOf(whole)).toEqual({
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
    const figures = figuresOf(heldOutAnswers(rows, new Map([[0, 1]])))
    // The second old image answers class 1 through the merged column. Both new images of it are right, one by the old
    // head alone.
    expect(figures).toEqual({
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
    const alone = rows.slice(5).map(({ old }): Answer => ({ old, added: [1], shows: 0 }))
    const figures = figuresOf(heldOutAnswers(alone, new Map([[0, 1]])))
    expect(figures).toMatchObject({ old: { count: 4 }, new: { top1: null, count: 0 }, leak: 0, miss: null })
  })

  test('of made-up old images nothing is said', () => {
    const records = recordsOf(whole).filter(({ source }) => source === 'added')
    const figures = heldOutFigures(records, namesOf(whole).added)
    expect(figures).toMatchObject({ old: null, leak: null, new: { top1: 2 / 4 } })
  })

  test('without old images there is nothing to say of them', () => {
    const figures = figuresOf(heldOutAnswers(rows.slice(5)))
    expect(figures).toMatchObject({ old: null, leak: null, new: { count: 4 } })
  })
})
