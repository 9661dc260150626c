import { describe, expect, test } from '@jest/globals'
import { createRandom } from '../../src/math/random.js'
import { argMax, logAddExp, logSumExp, topK } from '../../src/math/softmax.js'

describe('logSumExp', () => {
  test('is the logarithm of the sum of exponentials', () => {
    const values = [0.5, -1, 2]
    expect(logSumExp(values)).toBeCloseTo(Math.log(Math.exp(0.5) + Math.exp(-1) + Math.exp(2)), 14)
    expect(logSumExp([3])).toBe(3)
  })

  test('does not overflow, nor vanish', () => {
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.log(2), 12)
    expect(logSumExp([-1000, -1000, -1000])).toBeCloseTo(-1000 + Math.log(3), 12)
    expect(logSumExp([0, -1e30])).toBe(0)
  })

  test('reads a part of the values', () => {
    const values = Float32Array.of(9, 1, 2, 9)
    expect(logSumExp(values, 1, 2)).toBeCloseTo(Math.log(Math.exp(1) + Math.exp(2)), 12)
  })
})

describe('logAddExp', () => {
  test('is the logarithm of two exponentials, either way round', () => {
    expect(logAddExp(1, 2)).toBeCloseTo(Math.log(Math.exp(1) + Math.exp(2)), 14)
    expect(logAddExp(2, 1)).toBe(logAddExp(1, 2))
  })

  test('holds at the ends', () => {
    expect(logAddExp(800, 800)).toBeCloseTo(800 + Math.log(2), 12)
    expect(logAddExp(-Infinity, 3)).toBe(3)
    expect(logAddExp(-Infinity, -Infinity)).toBe(-Infinity)
    expect(logAddExp(5, -1e30)).toBe(5)
  })
})

describe('argMax', () => {
  test('is the first of the largest', () => {
    expect(argMax([1, 3, 3, 2])).toBe(1)
    expect(argMax([-5])).toBe(0)
  })

  test('counts from the start of the part it reads', () => {
    expect(argMax([9, 1, 4, 2, 9], 1, 3)).toBe(1)
  })
})

describe('topK', () => {
  test('agrees with a stable sort', () => {
    const random = createRandom('topK')
    for (let round = 0; round < 200; round++) {
      // Few distinct values, so that ties are common.
      const values = Array.from({ length: 1 + random.integer(12) }, () => random.integer(5))
      const k = 1 + random.integer(values.length)
      const sorted = [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, k)
      expect(topK(values, k)).toEqual(sorted)
    }
  })

  test('gives all there are where fewer than k are there, and none for k = 0', () => {
    expect(topK([1, 2], 5)).toEqual([1, 0])
    expect(topK([1, 2], 0)).toEqual([])
    expect(topK([], 3)).toEqual([])
  })
})
