import { decodeFloat16 } from '../../math/float16.js'
import { eachBlock, readRows } from '../../features/feature-rows.js'
import type { FeatureTable } from '../../features/table.js'

/** Some columns of a table, what is taken of their values, and its mean and inverse deviation. */
export interface Scaling {
  readonly columns: readonly number[]
  readonly of: (value: number) => number
  readonly mean: Float64Array
  /** 0 for a column that does not vary. */
  readonly inverseDeviation: Float64Array
}

/** The last column of a table, and others spread evenly before it, at most `most` in all. */
export function spreadColumns(dim: number, most: number): number[] {
  const step = Math.max(1, Math.floor(dim / most))
  return Array.from({ length: Math.min(dim, most) }, (_, i) => dim - 1 - i * step)
}

/**
 * Measures mean and deviation of columns over all rows.
 *
 * @param of what is taken of every value; default: the value itself
 */
export function scalingOf(
  { features, count, dim }: FeatureTable,
  columns: readonly number[],
  of: Scaling['of'] = (value) => value,
): Scaling {
  const mean = new Float64Array(columns.length)
  const squares = new Float64Array(columns.length)
  let seen = 0
  const row = new Float32Array(dim)
  eachBlock(features, (block) => {
    for (let start = 0; start < block.length; start += dim) {
      decodeFloat16(block.subarray(start, start + dim), row)
      seen++
      // Welford's recurrence needs one pass and no difference of large sums.
      columns.forEach((column, i) => {
        const value = of(row[column]!)
        const difference = value - mean[i]!
        mean[i]! += difference / seen
        squares[i]! += difference * (value - mean[i]!)
      })
    }
  })
  return { columns, of, mean, inverseDeviation: squares.map((sum) => (sum > 0 ? Math.sqrt(count / sum) : 0)) }
}

/** Standardised columns of some rows, each row of length 1; row-major [rows × columns]. */
export function unitVectors({ features, dim }: FeatureTable, rows: readonly number[], scaling: Scaling): Float32Array {
  const { columns, of, mean, inverseDeviation } = scaling
  const size = columns.length
  const vectors = new Float32Array(rows.length * size)
  const whole = new Float32Array(dim)
  rows.forEach((place, r) => {
    decodeFloat16(readRows(features, place, place + 1), whole)
    const vector = vectors.subarray(r * size, (r + 1) * size)
    columns.forEach((column, i) => (vector[i] = (of(whole[column]!) - mean[i]!) * inverseDeviation[i]!))
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1
    for (let i = 0; i < size; i++) vector[i]! /= length
  })
  return vectors
}
