import { describe, expect, test } from '@jest/globals'
import { joinColumns, shiftLogits, splitColumns } from '../../src/head/columns.js'
import type { Head } from '../../src/head/types.js'

/** Weights 10 d + c: a value tells its place. */
const head: Head = {
  dim: 2,
  classes: 4,
  weight: Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13),
  bias: Float32Array.of(0.5, 1.5, 2.5, 3.5),
}

describe('splitColumns', () => {
  test('cuts a head into heads of columns, in order', () => {
    expect(splitColumns(head, [1, 3])).toEqual([
      { dim: 2, classes: 1, weight: Float32Array.of(0, 10), bias: Float32Array.of(0.5) },
      { dim: 2, classes: 3, weight: Float32Array.of(1, 2, 3, 11, 12, 13), bias: Float32Array.of(1.5, 2.5, 3.5) },
    ])
  })

  test('is undone by joinColumns', () => {
    for (const sizes of [[4], [1, 3], [2, 1, 1]]) expect(joinColumns(splitColumns(head, sizes))).toEqual(head)
  })
})

test('shiftLogits moves every bias by its own number, and leaves the head it is given alone', () => {
  const shifted = shiftLogits(head, Float64Array.of(-2, 0, 1, -1))
  expect(shifted).toEqual({ ...head, bias: Float32Array.of(-1.5, 1.5, 3.5, 2.5) })
  expect(head.bias[0]).toBe(0.5)
})
