import { readRows, type FeatureRows } from '../features/feature-rows.js'
import { decodeFloat16 } from '../math/float16.js'

/** Vectors in memory. */
export interface Vectors {
  readonly count: number
  readonly dim: number
  /** Row-major [count × dim]. */
  readonly values: Float32Array
}

/**
 * Copies rows of features into memory.
 *
 * @param rows which ones, in order
 * @param size the number of columns to take, the last ones @default all
 */
export function vectorsOf(features: FeatureRows, rows: readonly number[], size = features.dim): Vectors {
  const values = new Float32Array(rows.length * size)
  const row = new Float32Array(features.dim)
  rows.forEach((place, i) => {
    decodeFloat16(readRows(features, place, place + 1), row)
    values.set(row.subarray(features.dim - size), i * size)
  })
  return { count: rows.length, dim: size, values }
}
