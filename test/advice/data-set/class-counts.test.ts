import { expect, test } from '@jest/globals'
import { heldOutEstimate } from '../../../src/advice/data-set/class-counts.js'
import type { HeldOutImageRecord } from '../../../src/calibration/held-out-records.js'

const records = (right: number, wrong: number) =>
  Array.from({ length: right + wrong }, (_, i) => ({ error: i < right ? null : 'new-as-new' })) as HeldOutImageRecord[]

test('the range of few pictures is wide, even where all or none are answered rightly', () => {
  // Wilson's interval at the ends: 8 / (8 + z²), and z² / (3 + z²).
  const square = 1.959964 ** 2
  const all = heldOutEstimate(records(8, 0))!
  expect(all).toMatchObject({ top1: 1, high: 1 })
  expect(all.low).toBeCloseTo(8 / (8 + square), 9)
  const none = heldOutEstimate(records(0, 3))!
  expect(none.top1).toBe(0)
  expect(none.low).toBeCloseTo(0, 9)
  expect(none.high).toBeCloseTo(square / (3 + square), 9)
  expect(heldOutEstimate([])).toBeNull()
})
