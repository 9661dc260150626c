import { closeSync, fstatSync } from 'node:fs'
import { eachBlock, fileRows, readFully, readRows, type FeatureRows } from '../features/feature-rows.js'
import type { FeatureTable } from '../features/table.js'
import { NpluskError } from '../core/errors.js'
import { openFileSync } from '../core/regular-file.js'
import { halvesAreFinite } from '../math/finite.js'
import { damagedFile, loadTensors, tensorChunks, type Header, type Tensors } from './safetensors.js'
import { decodeColumns, encodeColumns } from './table-columns.js'

const blockNumbers = 2 ** 21

/**
 * Yields the bytes of a feature table as a safetensors file: `features` F16 [count, dim], `further` F16 [count, F]
 * where there are further layers, the other columns [count].
 */
export function tableChunks(table: FeatureTable): Iterable<Uint8Array> {
  const { features, further } = table
  return tensorChunks({
    ...encodeColumns(table),
    features: rowTensor(features),
    ...(further ? { further: rowTensor(further) } : {}),
  })
}

function rowTensor(rows: FeatureRows) {
  const { count, dim } = rows
  const size = Math.max(1, Math.floor(blockNumbers / Math.max(1, dim)))
  function* blocks() {
    for (let start = 0; start < count; start += size) yield readRows(rows, start, Math.min(start + size, count))
  }
  return { dims: [count, dim], data: { blocks } }
}

/** Requirements on a table. */
export interface Expected {
  /** Length of a row. @default any */
  readonly dim?: number
  /** F: length of a row of further layers, where there are any. @default any */
  readonly furtherDim?: number
  /** Labels must be less than this. @default any */
  readonly classes?: number
}

/**
 * Opens a feature table: reads its columns, and leaves the features in the file to be read in blocks.
 *
 * @throws NpluskError `BAD_BUNDLE` when the file is damaged, is not a feature table or contains non-finite numbers
 */
export function openTable(path: string, { dim: wanted, furtherDim, classes = Infinity }: Expected = {}): FeatureTable {
  const damaged = () =>
    new NpluskError('BAD_BUNDLE', `${path} is not a feature table; restore it from a copy, or build the bundle again.`)
  const { tensors, header, size } = readColumns(path)
  const rowsOf = (name: string): FeatureRows => {
    const tensor = header.entries[name]
    if (tensor?.dtype !== 'F16' || tensor.shape.length !== 2) throw damaged()
    const [count, dim] = tensor.shape as [number, number]
    const [from, to] = tensor.data_offsets
    if (header.start + to > size) throw damagedFile(path, undefined)
    return fileRows(path, header.start + from, count, dim)
  }
  const features = rowsOf('features')
  const { count, dim } = features
  const further = header.entries['further'] && rowsOf('further')
  const columns = decodeColumns(tensors, count, damaged)
  if (dim !== (wanted ?? dim) || columns.label.some((label) => label >= classes)) throw damaged()
  if (further && (further.count !== count || further.dim !== (furtherDim ?? further.dim))) throw damaged()
  for (const rows of further ? [features, further] : [features]) {
    eachBlock(rows, (block) => {
      if (!halvesAreFinite(block)) throw notFinite(path)
    })
  }
  return { dim, count, features, ...(further ? { further } : {}), ...columns }
}

/** Training on one such number would make every weight NaN. */
function notFinite(path: string): NpluskError {
  const message = `${path} holds features that are no finite numbers; restore it from a copy, or build the bundle again.`
  return new NpluskError('BAD_BUNDLE', message)
}

/** Reads all tensors except features and further layers. */
function readColumns(path: string): { tensors: Tensors; header: Header; size: number } {
  let file: number | undefined
  try {
    file = openFileSync(path)
    const { size } = fstatSync(file)
    const read = (from: number, to: number) => {
      if (!(from >= 0 && to >= from && to <= size)) throw new RangeError('a part beyond the end of the file')
      const bytes = new Uint8Array(to - from)
      readFully(file!, path, bytes, from)
      return bytes
    }
    const { tensors, header } = loadTensors(read, (name) => name !== 'features' && name !== 'further')
    return { tensors, header, size }
  } catch (cause) {
    throw damagedFile(path, cause)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
