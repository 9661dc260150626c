import { closeSync, readSync } from 'node:fs'
import { NpluskError, readError } from '../core/errors.js'
import { openFileSync } from '../core/regular-file.js'

/** Feature vectors as float16, read in blocks so that a table need not be in memory. */
export interface FeatureRows {
  readonly count: number
  readonly dim: number
  /**
   * Copies rows `start` (inclusive) to `end` (exclusive), row-major.
   *
   * @param target array of (end − start) × dim numbers
   */
  copy(start: number, end: number, target: Uint16Array): void
}

/** Collects rows one by one, and returns them all at the end. */
export interface RowWriter {
  /** @param row [dim]; the caller may reuse it */
  add(row: Uint16Array): void
  done(): FeatureRows
}

/** Copies rows `start` (inclusive) to `end` (exclusive) into a new array. */
export function readRows(rows: FeatureRows, start: number, end: number): Uint16Array {
  const target = new Uint16Array((end - start) * rows.dim)
  rows.copy(start, end, target)
  return target
}

/** Calls `use` with blocks of rows of at most 4 MiB, in order; a block is valid only during the call. */
export function eachBlock(rows: FeatureRows, use: (block: Uint16Array, start: number) => void): void {
  const { count, dim } = rows
  const size = Math.max(1, Math.floor(blockNumbers / Math.max(1, dim)))
  const block = new Uint16Array(Math.min(size, count) * dim)
  for (let start = 0; start < count; start += size) {
    const end = Math.min(start + size, count)
    const part = block.subarray(0, (end - start) * dim)
    rows.copy(start, end, part)
    use(part, start)
  }
}

const blockNumbers = 2 ** 21

/** Rows in memory, row-major [count × dim]. */
export function memoryRows(features: Uint16Array, dim: number): FeatureRows {
  return {
    count: dim === 0 ? 0 : features.length / dim,
    dim,
    copy: (start, end, target) => target.set(features.subarray(start * dim, end * dim)),
  }
}

export function memoryWriter(count: number, dim: number): RowWriter {
  const features = new Uint16Array(count * dim)
  let place = 0
  return {
    add(row) {
      features.set(row, place)
      place += dim
    },
    done: () => memoryRows(features, dim),
  }
}

/**
 * Rows in a file, little-endian, from a byte offset on. The file is open only while rows are read, so nothing needs to
 * be closed; it must not change between reads.
 */
export function fileRows(path: string, offset: number, count: number, dim: number): FeatureRows {
  return {
    count,
    dim,
    copy(start, end, target) {
      let file: number
      try {
        file = openFileSync(path)
      } catch (error) {
        throw readError(error, path)
      }
      try {
        readFully(file, path, target.subarray(0, (end - start) * dim), offset + 2 * start * dim)
      } finally {
        closeSync(file)
      }
    },
  }
}

/** @throws NpluskError `IO` when the file ends before `target` is full */
export function readFully(file: number, path: string, target: Uint16Array | Uint8Array, position: number): void {
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
  for (let done = 0; done < bytes.length;) {
    const read = readSync(file, bytes, done, bytes.length - done, position + done)
    if (read === 0) throw new NpluskError('IO', `${path} has been cut off while it was read; run the command again.`)
    done += read
  }
}

/** Selected rows, in the given order. */
export function pickedRows(rows: FeatureRows, picked: ArrayLike<number>): FeatureRows {
  const { dim } = rows
  return {
    count: picked.length,
    dim,
    copy(start, end, target) {
      for (let i = start; i < end;) {
        const first = i++
        while (i < end && picked[i] === picked[i - 1]! + 1) i++
        rows.copy(picked[first]!, picked[i - 1]! + 1, target.subarray((first - start) * dim, (i - start) * dim))
      }
    },
  }
}

/** Concatenates the rows of several sources. */
export function joinedRows(parts: readonly FeatureRows[]): FeatureRows {
  const dim = parts[0]?.dim ?? 0
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    dim,
    copy(start, end, target) {
      let first = 0
      for (const part of parts) {
        const from = Math.max(start, first)
        const to = Math.min(end, first + part.count)
        if (from < to) part.copy(from - first, to - first, target.subarray((from - start) * dim, (to - start) * dim))
        first += part.count
      }
    },
  }
}

/**
 * Parts of several sources of equally many rows, side by side.
 *
 * @param parts each with the columns to take, from `start` (inclusive) to `end` (exclusive)
 */
export function sideBySide(
  parts: readonly { readonly rows: FeatureRows; readonly start: number; readonly end: number }[],
): FeatureRows {
  const count = parts[0]?.rows.count ?? 0
  const dim = parts.reduce((sum, { start, end }) => sum + end - start, 0)
  return {
    count,
    dim,
    copy(first, last, target) {
      const sources = new Map<FeatureRows, Uint16Array>()
      let place = 0
      for (const { rows, start, end } of parts) {
        const all = sources.get(rows) ?? readRows(rows, first, last)
        sources.set(rows, all)
        for (let row = 0; row < last - first; row++) {
          target.set(all.subarray(row * rows.dim + start, row * rows.dim + end), row * dim + place)
        }
        place += end - start
      }
    },
  }
}

/** Rows with all but the last `size` columns set to 0. */
export function lastColumns(rows: FeatureRows, size: number): FeatureRows {
  const { count, dim } = rows
  return {
    count,
    dim,
    copy(start, end, target) {
      rows.copy(start, end, target)
      for (let row = 0; row < end - start; row++) target.fill(0, row * dim, (row + 1) * dim - size)
    },
  }
}
