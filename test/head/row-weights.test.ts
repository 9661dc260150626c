import { describe, expect, test } from '@jest/globals'
import { rowWeights } from '../../src/head/row-weights.js'

describe('rowWeights', () => {
  // Three images of class 0, the first in two views, one of class 1, and three old ones, the last in two views.
  const set = {
    classes: 2,
    target: Int32Array.of(0, 0, 0, -1, 1, 0, -1, -1, -1),
    image: Int32Array.of(0, 0, 1, 2, 3, 4, 5, 6, 6),
  }
  const [third, twelfth, sixth] = [1 / 3, 1 / 12, 1 / 6].map(Math.fround)

  test('give every new class 1/k in all, and the old images 1 together, each image evenly over its views', () => {
    expect([...rowWeights(set)]).toEqual([twelfth, twelfth, sixth, third, 0.5, sixth, third, sixth, sixth])
  })

  test('give rows that are left out nothing, and the others their share', () => {
    expect([...rowWeights(set, (row) => row !== 0 && row < 5)]).toEqual([0, 0.25, 0.25, 1, 0.5, 0, 0, 0, 0])
  })

  test('an image under two classes is one image of each', () => {
    const twice = { classes: 2, target: Int32Array.of(0, 0, 1, 1), image: Int32Array.of(0, 1, 1, 1) }
    expect([...rowWeights(twice)]).toEqual([0.25, 0.25, 0.25, 0.25])
  })
})
