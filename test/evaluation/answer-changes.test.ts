import { expect, test } from '@jest/globals'
import { answerChanges, type FirstAnswer, type TwoAnswers } from '../../src/evaluation/answer-changes.js'

const answer = (label: string, right: boolean | null, probability = 0.5): FirstAnswer => ({ label, right, probability })
const image = (file: string, before: FirstAnswer, after: FirstAnswer): TwoAnswers => ({
  file,
  folder: 'any',
  before,
  after,
})
// "rose" was called "roses".
const isSame = (before: string, after: string) => (before === 'roses' ? 'rose' : before) === after
const files = (images: readonly TwoAnswers[]) => images.map(({ file }) => file)

test('answers are sorted by what their change means, and the surest come first', () => {
  const images = [
    image('same', answer('tulip', true), answer('tulip', true)),
    image('renamed', answer('roses', true), answer('rose', true)),
    image('now right', answer('tulip', false, 0.6), answer('rose', true, 0.7)),
    image('now right, surer', answer('tulip', false, 0.9), answer('rose', true, 0.8)),
    image('now wrong', answer('roses', true), answer('tulip', false)),
    image('wrong twice', answer('tulip', false), answer('bee', false)),
    image('wrong twice, the same', answer('bee', false), answer('bee', false)),
    image('new class', answer('bee', null), answer('owl', true)),
    image('new class, the same answer', answer('bee', null), answer('bee', false)),
    image('old class', answer('fox', true), answer('bee', null)),
    image('unknown', answer('bee', null), answer('owl', null)),
    // Apart from an old class of the same name, which the first classifier has alone.
    image('other column', answer('daisy', true), answer('daisy (flowers)', true)),
  ]
  const { count, changed, both, beforeOnly, afterOnly } = answerChanges(images, isSame)
  expect(count).toBe(12)
  expect(files(changed.better)).toEqual(['now right, surer', 'now right'])
  expect(files(changed.worse)).toEqual(['now wrong'])
  expect(files(changed.other).sort()).toEqual(['new class', 'old class', 'unknown', 'wrong twice'])
  // Right before: same, renamed, now wrong, other column; after: same, renamed, both now right, other column.
  // One of three changes is the rarer kind: 2 * (1 + 3) / 8.
  expect(both).toEqual({ count: 8, before: 4 / 8, after: 5 / 8, pValue: 1 })
  expect(beforeOnly).toEqual({ count: 1, top1: 1 })
  expect(afterOnly).toEqual({ count: 2, top1: 1 / 2 })
})

test('without known classes there are no shares', () => {
  const images = [image('a', answer('bee', null), answer('bee', null))]
  expect(answerChanges(images, isSame)).toEqual({
    count: 1,
    changed: { better: [], worse: [], other: [] },
    both: null,
    beforeOnly: null,
    afterOnly: null,
  })
})
