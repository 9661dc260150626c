import { eachBlock, type FeatureRows } from '../features/feature-rows.js'
import { decodeFloat16 } from '../math/float16.js'

/** Feature vectors that are read in blocks, so that training need not hold all of them in memory. */
export interface FeatureSource {
  readonly count: number
  readonly dim: number
  /** [dim] what a standardised feature is multiplied by in training. @default 1 for all */
  readonly scale?: Float32Array
  /** Rows `start` (inclusive) to `end` (exclusive), row-major; valid until the next call. */
  read(start: number, end: number): Float32Array | Promise<Float32Array>
}

/**
 * Features up to this many bytes as float32 are converted once and held in memory; larger ones are converted block by
 * block in every pass.
 */
const inMemoryBytes = 512 * 2 ** 20

/** Source of float16 rows for repeated passes. */
export function floatSource(rows: FeatureRows): FeatureSource {
  const { count, dim } = rows
  if (count * dim * 4 > inMemoryBytes) return blockSource(rows)
  const all = new Float32Array(count * dim)
  eachBlock(rows, (block, start) => decodeFloat16(block, all.subarray(start * dim)))
  return denseSource(all, dim)
}

/**
 * Some of the columns of a source, side by side.
 *
 * @param parts from `start` (inclusive) to `end` (exclusive)
 */
export function partsOfSource(
  source: FeatureSource,
  parts: readonly { readonly start: number; readonly end: number }[],
): FeatureSource {
  const dim = parts.reduce((sum, { start, end }) => sum + end - start, 0)
  return {
    count: source.count,
    dim,
    async read(start, end) {
      const rows = await source.read(start, end)
      const picked = new Float32Array((end - start) * dim)
      for (let row = 0, place = 0; row < end - start; row++) {
        for (const part of parts) {
          picked.set(rows.subarray(row * source.dim + part.start, row * source.dim + part.end), place)
          place += part.end - part.start
        }
      }
      return picked
    },
  }
}

/** Source of rows in memory, row-major [count × dim]. */
export function denseSource(rows: Float32Array, dim: number): FeatureSource {
  return { count: rows.length / dim, dim, read: (start, end) => rows.subarray(start * dim, end * dim) }
}

/** Source of float16 rows for a single pass: only one block is held in memory. */
export function blockSource(rows: FeatureRows): FeatureSource {
  const { count, dim } = rows
  let halves = new Uint16Array(0)
  let floats = new Float32Array(0)
  return {
    count,
    dim,
    read(start, end) {
      const length = (end - start) * dim
      if (halves.length < length) {
        halves = new Uint16Array(length)
        floats = new Float32Array(length)
      }
      const block = halves.subarray(0, length)
      rows.copy(start, end, block)
      decodeFloat16(block, floats)
      return floats.subarray(0, length)
    },
  }
}
