import { expect, test } from '@jest/globals'
import type { Label } from '../../src/bundle/manifest.js'
import { evaluationRecord } from '../../src/evaluation/evaluation-record.js'
import { labels, recordsOf } from './records.js'

test('a record names the five best answers, the base model’s own and that of the added classes', () => {
  const [record] = recordsOf([{ truth: 1, logits: [1, 3, 0, 2, 4] }])
  expect(record).toMatchObject({
    file: '0.jpg',
    truth: labels[1],
    baseAnswer: labels[1],
    addedAnswer: labels[4],
    error: 'leak',
  })
  expect(record!.answers.map(({ label, increment }) => [label, increment])).toEqual([
    ['tulip', 'flowers'],
    ['dog', 'base'],
    ['rose', 'flowers'],
    ['cat', 'base'],
    ['owl', 'base'],
  ])
  expect(record!.answers.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6)
})

test('of equal scores the first counts, and no more than five are kept', () => {
  const many: Label[] = Array.from({ length: 7 }, (_, index) => ({ index, label: `${index}`, increment: 'base' }))
  const logits = Float32Array.of(0, 2, 1, 2, 1, 1, 1)
  const record = evaluationRecord('a.jpg', 3, { logits, probabilities: logits }, { labels: many, baseCount: 7 })
  expect(record.answers.map(({ index }) => index)).toEqual([1, 3, 2, 4, 5])
  expect(record).toMatchObject({ baseAnswer: many[1], addedAnswer: null, error: 'among-old' })
})

test('the base model’s own answer is that of its own logits, where others are merged into them', () => {
  const scores = { logits: Float32Array.of(1, 3, 0, 2, 1), probabilities: new Float32Array(5) }
  const own = Float32Array.of(1, 0.5, 0)
  const columns = { labels, baseCount: 3 }
  expect(evaluationRecord('a.jpg', 1, { ...scores, baseLogits: own }, columns)).toEqual({
    ...evaluationRecord('a.jpg', 1, scores, columns),
    baseAnswer: labels[0],
  })
})

test.each([
  [0, 0, null],
  [0, 1, 'among-old'],
  [0, 3, 'leak'],
  [3, 0, 'miss'],
  [3, 4, 'among-new'],
  [4, 4, null],
] as const)('class %i answered as %i', (truth, answer, error) => {
  const [record] = recordsOf([{ truth, logits: labels.map((_, i) => (i === answer ? 1 : 0)) }])
  expect(record!.error).toBe(error)
})
