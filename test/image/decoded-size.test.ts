import { describe, expect, test } from '@jest/globals'
import { decodedSize } from '../../src/image/decoded-size.js'
import { centralRegion } from '../../src/image/region.js'
import type { Preprocess } from '../../src/image/types.js'
import { createRandom } from '../../src/math/random.js'

const preprocess: Preprocess = { width: 300, height: 300, resize: 'shorter', cropFraction: 1, interpolation: 'bicubic' }

describe('decodedSize', () => {
  test.each([
    [2399, 5000],
    [10_000, 2399],
    [20, 30],
  ])('leaves a picture with fewer than eight pixels for one alone: %d x %d', (width, height) => {
    expect(decodedSize(width, height, preprocess)).toEqual({ width, height })
  })

  test.each([
    [2400, 2400, 600, 600],
    [2400, 3600, 600, 900],
    [6000, 4000, 1001, 667],
    [4000, 6000, 667, 1001],
  ])('makes one of %d x %d smaller, to %d x %d', (width, height, ...expected) => {
    expect(Object.values(decodedSize(width, height, preprocess))).toEqual(expected)
  })

  test('goes by what the model sees of the picture', () => {
    expect(decodedSize(2400, 2400, { ...preprocess, cropFraction: 0.875 })).toEqual({ width: 2400, height: 2400 })
    expect(decodedSize(2400, 2400, { ...preprocess, width: 150, height: 150 })).toEqual({ width: 300, height: 300 })
  })

  test('leaves two pixels or more for each of the model, and the middle where it is', () => {
    const random = createRandom('decoded-size')
    for (let i = 0; i < 500; i++) {
      const [width, height] = [2400 + random.integer(8000), 2400 + random.integer(8000)]
      const smaller = decodedSize(width, height, preprocess)
      expect(Math.min(smaller.width, smaller.height)).toBeGreaterThanOrEqual(600)
      expect(Math.abs(smaller.width - smaller.height) % 2).toBe(0)
      const { left, top } = centralRegion(smaller.width, smaller.height, preprocess)
      expect([left % 1, top % 1]).toEqual([0, 0])
    }
  })
})
