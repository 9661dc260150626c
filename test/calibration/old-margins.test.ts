import { describe, expect, test } from '@jest/globals'
import { oldMargins } from '../../src/calibration/old-margins.js'
import { heldOutAnswers, mixedRows, same } from './answers.js'

const whole = heldOutAnswers(mixedRows)

describe('oldMargins', () => {
  test('are those of the old images that the base gets right; all are counted', () => {
    const { margins, count } = oldMargins(whole, same(whole, 100), same(whole, 0))
    expect(count).toBe(5)
    expect([...margins]).toEqual([0 - 5, 3 - 2, 1 - 2])
  })

  test('leave out the column that is merged into the right class', () => {
    const { margins } = oldMargins(heldOutAnswers(mixedRows, new Map([[0, 1]])), same(whole, 100), same(whole, 0))
    expect([...margins]).toEqual([0 - 5, 0 - 2, 1 - 2])
  })

  test('leave out the images, and the columns, that the shifts leave alone', () => {
    const { margins, count } = oldMargins(whole, Float64Array.of(-1, 1), Float64Array.of(0, 0.25))
    expect(count).toBe(5)
    // The second image goes to the first column still, the fifth to the second one.
    expect([...margins]).toEqual([3 - 2, 0.75 - 2])
  })
})
