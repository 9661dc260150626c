import { expect, test } from '@jest/globals'
import { argMax, topK } from '../../src/math/softmax.js'
import { createRandom } from '../../src/math/random.js'
import { evaluationTally } from '../../src/evaluation/evaluation-figures.js'
import { recordOf } from '../../src/evaluation/image-record.js'

// Three old classes and two added ones.
const labels = ['cat', 'dog', 'owl', 'rose', 'tulip'].map((label) => ({ label }))
const old = 3

function figuresOf(rows: readonly { readonly truth: number; readonly logits: readonly number[] }[]) {
  const tally = evaluationTally(old)
  for (const { truth, logits } of rows) {
    const scores = { logits: Float32Array.from(logits), probabilities: Float32Array.from(logits) }
    tally.add(recordOf('a.jpg', truth, scores, old))
  }
  return tally.figures(labels)
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
    old: { count: 2, top1: 1 / 2, top1Base: 1 },
    new: { count: 3, top1: 1 / 3, top1Alone: 2 / 3 },
    harmonicMean: expect.closeTo((2 * (1 / 2) * (1 / 3)) / (1 / 2 + 1 / 3), 12),
    leak: 1 / 2,
    miss: 1 / 3,
    perClass: [
      { label: 'cat', count: 1, top1: 1, precision: 1 / 2, recall: 1, f1: 2 / 3 },
      { label: 'dog', count: 1, top1: 0, precision: null, recall: 0, f1: 0 },
      { label: 'rose', count: 1, top1: 1, precision: 1 / 2, recall: 1, f1: 2 / 3 },
      { label: 'tulip', count: 2, top1: 0, precision: 0, recall: 0, f1: 0 },
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

test("a record's rank is the place among all scores, ties in the order of the columns", () => {
  const random = createRandom('ranks')
  for (let i = 0; i < 50; i++) {
    const logits = Float32Array.from({ length: 12 }, () => random.integer(6))
    const truth = random.integer(12)
    const record = recordOf('a.jpg', truth, { logits, probabilities: logits }, 12)
    expect(record.rank).toBe(topK(logits, 12).indexOf(truth))
    expect(record).toMatchObject({ answer: argMax(logits), bestOld: argMax(logits), bestAdded: undefined })
  }
})
