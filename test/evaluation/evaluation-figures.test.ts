import { expect, test } from '@jest/globals'
import { evaluationFigures } from '../../src/evaluation/evaluation-figures.js'
import { wrongAnswers } from '../../src/evaluation/wrong-answers.js'
import { recordsOf, type Answered } from './records.js'

const unranked = { averagePrecision: null, bestF1: null }

function figuresOf(images: readonly Answered[]) {
  return evaluationFigures(recordsOf(images))
}

test('counts hits, leaks, misses and mistakes', () => {
  const figures = figuresOf([
    { truth: 0, logits: [5, 1, 0, 2, 1] },
    // A leak: of the old classes alone, the right one is best.
    { truth: 1, logits: [1, 3, 0, 0, 4] },
    { truth: 3, logits: [0, 1, 2, 6, 1] },
    // A miss: of the added classes alone, the right one is best.
    { truth: 4, logits: [5, 1, 2, 3, 4] },
    { truth: 4, logits: [0, 1, 2, 4, 3] },
  ])
  expect(figures).toEqual({
    count: 5,
    top1: 2 / 5,
    top5: 1,
    either: 4 / 5,
    old: { count: 2, top1: 1 / 2, top1Base: 1 },
    new: { count: 3, top1: 1 / 3, top1Alone: 2 / 3 },
    harmonicMean: expect.closeTo((2 * (1 / 2) * (1 / 3)) / (1 / 2 + 1 / 3), 12),
    leak: 1 / 2,
    miss: 1 / 3,
    perClass: [
      { label: 'cat', count: 1, top1: 1, precision: 1 / 2, recall: 1, f1: 2 / 3, ...unranked },
      { label: 'dog', count: 1, top1: 0, precision: null, recall: 0, f1: 0, ...unranked },
      { label: 'rose', count: 1, top1: 1, precision: 1 / 2, recall: 1, f1: 2 / 3, ...unranked },
      { label: 'tulip', count: 2, top1: 0, precision: 0, recall: 0, f1: 0, ...unranked },
    ],
    confusions: [
      { label: 'dog', predicted: 'tulip', count: 1 },
      { label: 'tulip', predicted: 'cat', count: 1 },
      { label: 'tulip', predicted: 'rose', count: 1 },
    ],
  })
})

test('one side without images has no figures', () => {
  const logits = [5, 1, 0, 2, 1]
  expect(figuresOf([{ truth: 0, logits }])).toMatchObject({ new: null, miss: null, harmonicMean: null })
  expect(figuresOf([{ truth: 3, logits }])).toMatchObject({ old: null, leak: null, harmonicMean: null })
})

test('the right class among the best five counts, however far down', () => {
  const logits = [5, 4, 3, 2, 1]
  expect(figuresOf([{ truth: 4, logits }]).top5).toBe(1)
})

test('wrong answers come surest first, and right ones not at all', () => {
  const records = recordsOf([
    { truth: 0, logits: [2, 3, 0, 0, 0] },
    { truth: 1, logits: [0, 9, 0, 0, 0] },
    { truth: 3, logits: [0, 8, 0, 0, 0] },
  ])
  const [rose, cat] = [records[2]!, records[0]!]
  expect(wrongAnswers(records)).toEqual([
    { file: rose.file, label: 'rose', predicted: 'dog', probability: rose.answers[0]!.probability },
    { file: cat.file, label: 'cat', predicted: 'dog', probability: cat.answers[0]!.probability },
  ])
})
