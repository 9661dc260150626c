import { describe, expect, test } from '@jest/globals'
import { plainRows } from '../../src/advice/plain-rows.js'
import { sampleByLabel } from '../../src/features/sample-by-label.js'
import type { FeatureTable } from '../../src/features/table.js'
import { clouds } from './clouds.js'

/** A table with so many images of each label. */
function tableOf(counts: readonly number[]): FeatureTable {
  const images = counts.reduce((sum, count) => sum + count, 0)
  const table = clouds({ classes: 1, dim: 1, images, separation: 1, seed: 'sample', old: 0 })
  return { ...table, label: Int32Array.from(counts.flatMap((count, label) => Array<number>(count).fill(label))) }
}

/** How many images of each label a sample has. */
function sampled(counts: readonly number[], most: number, seed = 0): number[] {
  const { label, count, image } = plainRows(tableOf(counts), most, seed)
  expect([...image]).toEqual([...Array(count).keys()])
  return counts.map((_, one) => label.filter((other) => other === one).length)
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

describe('a sample by label', () => {
  test('has just as many images as are asked for, one of each label, and the others in proportion', () => {
    const small = Array<number>(60).fill(1)
    expect(sampled([...small, 400, 200], 90)).toEqual([...small, 20, 10])
    // Rounding all halves up would make 120.
    const even = sampled(Array<number>(20).fill(11), 110)
    expect(sum(even)).toBe(110)
    expect(new Set(even)).toEqual(new Set([5, 6]))
  })

  test('of more labels than that has one image of some, by chance', () => {
    const [first, second] = [0, 1].map((seed) => sampled(Array<number>(50).fill(3), 20, seed))
    for (const counts of [first!, second!]) {
      expect(sum(counts)).toBe(20)
      expect(Math.max(...counts)).toBe(1)
    }
    expect(first).not.toEqual(second)
    expect(sampled(Array<number>(50).fill(3), 20)).toEqual(first)
  })

  test('has several of each label, where that is asked for', () => {
    const counts = [100, 2, 3, 2]
    const label = counts.flatMap((count, one) => Array<number>(count).fill(one))
    const rows = sampleByLabel(label, [...label.keys()], 20, 0, 2)
    expect(counts.map((_, one) => rows.filter((row) => label[row] === one).length)).toEqual([14, 2, 2, 2])
    expect(rows).toEqual([...rows].sort((a, b) => a - b))
  })

  test('is the whole where that is no larger', () => {
    expect(sampled([2, 3], 5)).toEqual([2, 3])
    expect(sampled([2, 3], Infinity)).toEqual([2, 3])
  })
})
