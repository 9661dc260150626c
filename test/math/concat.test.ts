import { expect, test } from '@jest/globals'
import { concat } from '../../src/math/concat.js'

test('concat lays arrays end to end, in the kind asked for', () => {
  const parts = [Float32Array.of(1, 2.5), new Float32Array(0), Float32Array.of(-3)]
  expect(concat(Float32Array, parts)).toEqual(Float32Array.of(1, 2.5, -3))
  expect(concat(Int32Array, [Int32Array.of(7), Int32Array.of(8, 9)])).toEqual(Int32Array.of(7, 8, 9))
  expect(concat(Float32Array, [])).toEqual(new Float32Array(0))
})

test('concat copies', () => {
  const part = Int32Array.of(1)
  const all = concat(Int32Array, [part])
  part[0] = 2
  expect(all[0]).toBe(1)
})
