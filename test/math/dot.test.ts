import { expect, test } from '@jest/globals'
import { dot } from '../../src/math/dot.js'
import { createRandom } from '../../src/math/random.js'

test.each([0, 1, 3, 4, 7, 1000])('the product of vectors of %d', (size) => {
  const random = createRandom(`dot:${size}`)
  const [a, b] = [0, 1].map(() => Float32Array.from({ length: size }, () => random.normal())) as [Float32Array, Float32Array] // prettier-ignore
  let sum = 0
  a.forEach((value, i) => (sum += value * b[i]!))
  expect(dot(a, b)).toBeCloseTo(sum, 10)
})

test('is summed in float64', () => {
  const a = new Float32Array(4 * 2 ** 20).fill(1)
  a[0] = 2 ** 24
  expect(dot(a, a)).toBe(2 ** 48 + a.length - 1)
})
