import { describe, expect, test } from '@jest/globals'
import { rowWeights } from '../../src/head/row-weights.js'

describe('rowWeights', () => {
  // Three rows of class 0, one of class 1, four old ones.
  const set = { classes: 2, target: Int32Array.of(0, 0, -1, 1, 0, -1, -1, -1) }

  test('give every new class 1/k in all, and the old images 1 together', () => {
    const third = Math.fround(1 / 6)
    expect([...rowWeights(set)]).toEqual([third, third, 0.25, 0.5, third, 0.25, 0.25, 0.25])
  })

  test('give rows that are left out nothing, and the others their share', () => {
    expect([...rowWeights(set, (row) => row < 4)]).toEqual([0.25, 0.25, 1, 0.5, 0, 0, 0, 0])
  })
})
