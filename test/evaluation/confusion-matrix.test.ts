import { expect, test } from '@jest/globals'
import { classFigures, confusionsOf, countAnswer, type ConfusionMatrix } from '../../src/evaluation/confusion-matrix.js'

function matrixOf(answers: readonly (readonly [truth: number, answer: number])[]): ConfusionMatrix {
  const matrix: ConfusionMatrix = new Map()
  for (const [truth, answer] of answers) countAnswer(matrix, truth, answer)
  return matrix
}

// Class 2: two of four right, the others taken for 0 and 5; class 0: right once of two; class 7 never right, nor ever
// answered.
const answers = [
  [2, 2],
  [2, 2],
  [2, 0],
  [2, 5],
  [0, 0],
  [0, 2],
  [7, 2],
  [7, 2],
] as const

test('precision and F1 follow from what is taken for a class, recall from its own images', () => {
  expect(classFigures(matrixOf(answers))).toEqual([
    { truth: 0, count: 2, right: 1, precision: 1 / 2, f1: 1 / 2, takenFor: [{ answer: 2, count: 1 }] },
    {
      truth: 2,
      count: 4,
      right: 2,
      precision: 2 / 5,
      f1: expect.closeTo((2 * (2 / 5) * (2 / 4)) / (2 / 5 + 2 / 4), 12),
      takenFor: [
        { answer: 0, count: 1 },
        { answer: 5, count: 1 },
      ],
    },
    { truth: 7, count: 2, right: 0, precision: null, f1: 0, takenFor: [{ answer: 2, count: 2 }] },
  ])
})

test('confusions come commonest first', () => {
  expect(confusionsOf(classFigures(matrixOf(answers)))).toEqual([
    { truth: 7, answer: 2, count: 2 },
    { truth: 0, answer: 2, count: 1 },
    { truth: 2, answer: 0, count: 1 },
    { truth: 2, answer: 5, count: 1 },
  ])
})

test('without images there are no figures', () => {
  expect(classFigures(new Map())).toEqual([])
})
