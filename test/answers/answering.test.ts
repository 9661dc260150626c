import { describe, expect, test } from '@jest/globals'
import { answeringWith, scoredOf } from '../../src/answers/answering.js'
import type { Label } from '../../src/bundle/manifest.js'
import { evaluationRecord } from '../../src/evaluation/evaluation-record.js'

const oldClasses = 40
const labels: Label[] = Array.from({ length: oldClasses + 1 }, (_, index) => ({
  index,
  label: `${index}`,
  increment: index < oldClasses ? 'base' : 'new',
}))
const baseClasses = labels.slice(0, oldClasses).map(({ label }) => ({ label, names: [] }))
const classifier = { labels, baseClasses, heldOut: [], confidenceQuantiles: [0.2, 0.6] }

/** Old logits that lie evenly from −2 to 1.9, and the added one. */
function scoresOf(added: number) {
  const logits = Float32Array.from([...baseClasses.keys()].map((i) => i / 10 - 2)).values()
  const all = Float32Array.of(...logits, added)
  const sum = all.reduce((total, logit) => total + Math.exp(logit), 0)
  return { logits: all, probabilities: all.map((logit) => Math.exp(logit) / sum) }
}

test('answers go by probability, then by logit, then by column, here as in evaluation', () => {
  const logits = Float32Array.of(-300, 0, -200, -200, -250, 1)
  const probabilities = Float32Array.of(0, 0.25, 0, 0, 0, 0.75)
  const columns = scoredOf({ logits, probabilities }, { columns: 5, oldClasses: 6 }).best.map(([column]) => column)
  expect(columns).toEqual([5, 1, 2, 3, 4])
  const records = evaluationRecord('a.jpg', 5, { logits, probabilities }, { labels, baseCount: 6 })
  expect(records.answers.map(({ index }) => index)).toEqual(columns)
  // Different logits whose probabilities are equal once rounded, and a rounded one that is not in order.
  const rounded = { logits: Float32Array.of(1, 2, 3), probabilities: Float32Array.of(0.25, 0.5, 0.25) }
  expect(scoredOf(rounded, { columns: 2, oldClasses: 3 }).best).toEqual([
    [1, 0.5],
    [2, 0.25],
  ])
  expect(evaluationRecord('a.jpg', 1, rounded, { labels, baseCount: 3 }).answers[0]!.index).toBe(1)
})

describe('rejecting', () => {
  const asked = { top: 1, reject: 0.5 }
  const standingOut = { ...classifier, standoutQuantiles: [2, 4] }

  // The median is −.05, the deviation .34 × 3.9 = 1.326.
  test.each([
    [(3 * 1.326 - 0.05) * 1.001, false],
    [(3 * 1.326 - 0.05) * 0.999, true],
  ])('goes by how far the largest logit stands out: an added one of %f', (added, rejected) => {
    const answering = answeringWith(standingOut, asked)
    expect(answering.answer('a.jpg', scoredOf(scoresOf(added), answering))).toMatchObject({
      file: 'a.jpg',
      predictions: [{ index: oldClasses }],
      rejected,
    })
  })

  test('goes by the largest probability where the bundle knows no more', () => {
    const answering = answeringWith(classifier, asked)
    const rejected = [0, 10].map((added) => answering.answer('a.jpg', scoredOf(scoresOf(added), answering)))
    expect(rejected).toMatchObject([{ rejected: true }, { rejected: false }])
  })

  test('says nothing where it is not asked for, and refuses what is no rate or cannot be', () => {
    const answering = answeringWith(standingOut, { top: 1 })
    expect(answering.answer('a.jpg', scoredOf(scoresOf(0), answering))).not.toHaveProperty('rejected')
    expect(() => answeringWith(standingOut, { reject: 1 })).toThrow(expect.objectContaining({ code: 'USAGE' }))
    expect(() => answeringWith({ ...classifier, confidenceQuantiles: [] }, asked)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT' }),
    )
  })
})
