import { expect, test } from '@jest/globals'
import { amountOf, learningOf, rateOf, shortLearningOf } from '../../../src/cli/progress/words.js'

const stage = { type: 'progress', stage: 'fine-tune' } as const

test('a share is told without a rate, and all of it not at all', () => {
  expect(amountOf({ ...stage, done: 99.99, total: 100, unit: 'percent' })).toBe('99 %')
  expect(amountOf({ ...stage, done: 100, total: 100, unit: 'percent' })).toBe('')
  expect(rateOf({ perSecond: 1, unit: 'percent' })).toBe('')
  expect(rateOf({ perSecond: 6.4, unit: 'views' })).toBe('6.4/s')
})

test('loss and speed of what learns are told, the speed once', () => {
  const learning = { loss: 0.8342, viewsPerSecond: 5.21 }
  expect(learningOf({ learning, unit: 'percent' })).toBe('loss 0.83, 5.2 views/s')
  expect(learningOf({ learning: { ...learning, loss: 0.00712 }, unit: 'views' })).toBe('loss 0.007')
  const heldOut = { loss: 0.9, top1: 0.756 }
  expect(learningOf({ learning: { ...learning, heldOut }, unit: 'percent' })).toBe(
    'loss 0.83, held out 76 %, 5.2 views/s',
  )
  expect(learningOf({ learning: { ...learning, heldOut: { ...heldOut, top1: null } }, unit: 'views' })).toBe(
    'loss 0.83',
  )
  expect(shortLearningOf({ learning })).toBe('loss 0.83')
  expect(shortLearningOf({ learning: { ...learning, heldOut } })).toBe('held out 76 %')
  expect(shortLearningOf({ learning: undefined })).toBe('')
  expect(learningOf({ learning: undefined, unit: 'views' })).toBe('')
})
