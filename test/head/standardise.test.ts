import { describe, expect, test } from '@jest/globals'
import { standardise } from '../../src/head/standardise.js'
import type { FeatureSource } from '../../src/head/feature-source.js'

function source(rows: readonly (readonly number[])[]): FeatureSource {
  const all = Float32Array.from(rows.flat())
  const dim = rows[0]!.length
  return { count: rows.length, dim, read: (start, end) => all.subarray(start * dim, end * dim) }
}

describe('standardise', () => {
  test('finds mean and deviation of every feature, each row by its weight', async () => {
    const features = source([
      [1, 10],
      [3, 30],
      [100, -7],
    ])
    const { mean, inverseDeviation } = await standardise(features, Float32Array.of(3, 1, 0))
    // 3/4 of 1 and 1/4 of 3; the variance is 3/4 · 0.5² + 1/4 · 1.5².
    expect([...mean]).toEqual([1.5, 15])
    expect(inverseDeviation[0]).toBeCloseTo(1 / Math.sqrt(0.75), 12)
    expect(inverseDeviation[1]).toBeCloseTo(1 / Math.sqrt(75), 12)
  })

  test('takes out a feature that does not vary, or varies by rounding only', async () => {
    const features = source([
      [0, 5, 1000, 1],
      [0, 5, 1000.0625, 2],
    ])
    const { inverseDeviation } = await standardise(features, Float32Array.of(1, 1))
    expect([...inverseDeviation.subarray(0, 3)]).toEqual([0, 0, 0])
    expect(inverseDeviation[3]).toBeCloseTo(2, 12)
  })

  test('reads block by block', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => [i])
    const { mean, inverseDeviation } = await standardise(source(rows), new Float32Array(5000).fill(0.5))
    expect(mean[0]).toBeCloseTo(4999 / 2, 8)
    expect(inverseDeviation[0]).toBeCloseTo(1 / Math.sqrt((5000 ** 2 - 1) / 12), 10)
  })
})
