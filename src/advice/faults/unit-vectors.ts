import { decodeFloat16 } from '../../math/float16.js'
import { eachBlock, readRows } from '../../features/feature-rows.js'
import type { FeatureTable } from '../../features/table.js'

/** Some columns of a table, with the mean and the inverse deviation of each. */
export interface Scaling {
  readonly columns: readonly number[]
  readonly mean: Float64Array
  /** 0 for a column that does not vary. */
  readonly inverseDeviation: Float64Array
}

/**
 * Measures mean and deviation of columns over all rows.
 *
 * @param most largest number of columns; the last one of a table, and others spread evenly before it
 */
export function scalingOf({ features, count, dim }: FeatureTable, most = dim): Scaling {
  const step = Math.max(1, Math.floor(dim / most))
  const columns = Array.from({ length: Math.min(dim, most) }, (_, i) => dim - 1 - i * step)
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
        const difference = row[column]! - mean[i]!
        mean[i]! += difference / seen
        squares[i]! += difference * (row[column]! - mean[i]!)
      })
    }
  })
  return { columns, mean, inverseDeviation: squares.map((sum) => (sum > 0 ? Math.sqrt(count / sum) : 0)) }
}

/** Standardised columns of some rows, each row of length 1; row-major [rows × columns]. */
export function unitVectors({ features, dim }: FeatureTable, rows: readonly number[], scaling: Scaling): Float32Array {
  const { columns, mean, inverseDeviation } = scaling
  const size = columns.length
  const vectors = new Float32Array(rows.length * size)
  const whole = new Float32Array(dim)
  rows.forEach((place, r) => {
    decodeFloat16(readRows(features, place, place + 1), whole)
    const vector = vectors.subarray(r * size, (r + 1) * size)
    columns.forEach((column, i) => (vector[i] = (whole[column]! - mean[i]!) * inverseDeviation[i]!))
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1
    for (let i = 0; i < size; i++) vector[i]! /= length
  })
  return vectors
}
