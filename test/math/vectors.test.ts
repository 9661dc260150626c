import { expect, test } from '@jest/globals'
import { dot, squaredDistance } from '../../src/math/vectors.js'

test('a dot product and a squared distance', () => {
  expect(dot([1, -2, 3], Float32Array.of(4, 5, 0.5))).toBe(1 * 4 - 2 * 5 + 3 * 0.5)
  expect(squaredDistance([1, -2, 3], Float32Array.of(4, -2, 1))).toBe(3 ** 2 + 2 ** 2)
  expect(dot([], [])).toBe(0)
})
