import { expect, test } from '@jest/globals'
import { beside } from '../../src/math/beside.js'

test('matrices stand side by side, row by row, those without columns too', () => {
  const left = { columns: 2, values: Float32Array.of(1, 2, 3, 4) }
  const none = { columns: 0, values: new Float32Array(0) }
  const right = { columns: 1, values: Float32Array.of(5, 6) }
  expect(beside([left, none, right], 2)).toEqual({ columns: 3, values: Float32Array.of(1, 2, 5, 3, 4, 6) })
  expect(beside([], 2)).toEqual({ columns: 0, values: new Float32Array(0) })
})
