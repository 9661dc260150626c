import { expect, test } from '@jest/globals'
import { amountOf, rateOf } from '../../../src/cli/progress/words.js'

const stage = { type: 'progress', stage: 'fine-tune' } as const

test('time is told as time, without a rate', () => {
  expect(amountOf({ ...stage, done: 185, total: 2400, unit: 'seconds' })).toBe('3 min 5 s of 40 min 0 s')
  expect(amountOf({ ...stage, done: 2400, total: 2400, unit: 'seconds' })).toBe('40 min 0 s')
  expect(rateOf({ perSecond: 1, unit: 'seconds' })).toBe('')
  expect(rateOf({ perSecond: 6.4, unit: 'views' })).toBe('6.4/s')
})
