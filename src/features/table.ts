import { argMax, logSumExp } from '../math/softmax.js'
import { encodeFloat16 } from '../math/float16.js'
import { emptyColumns, joinColumns, pickColumns, tableColumns, type Columns } from './columns.js'
import { joinedRows, memoryWriter, pickedRows, sideBySide, type FeatureRows, type RowWriter } from './feature-rows.js'
import { oldSpread } from './standout.js'
import type { Bottleneck } from './store.js'

/** Stands for log 0: no old class is right for the row as well. */
export const noOldTarget = -1e30

/**
 * Feature vectors of a set of images, with everything that training and calibration need of the base logits. Rows of
 * one image are adjacent, its plain view first.
 */
export interface FeatureTable extends TableColumns {
  readonly dim: number
  readonly count: number
  /** [count × dim], in memory or in a file. */
  readonly features: FeatureRows
  /** [count × F] the layers beside the features that heads may read; absent where there are none. */
  readonly further?: FeatureRows | undefined
}

type TableColumns = Columns<typeof tableColumns>

/** A row to be added to a table. */
export interface Row {
  readonly bottleneck: Bottleneck
  readonly label: number
  readonly image: number
  /** The base class that is right for this row as well, for a merged class. */
  readonly mergedInto?: number | undefined
  /** Number of the file that it was read from. @default unknown */
  readonly file?: number
}

/**
 * Builds a table from bottlenecks; the base logits are reduced to a summary.
 *
 * @param writer collects the features
 * @param further collects the layers after them; without it, they are left out
 */
export function buildTable(
  rows: Iterable<Row>,
  count: number,
  dim: number,
  writer: RowWriter = memoryWriter(count, dim),
  further?: RowWriter,
): FeatureTable {
  const columns = emptyColumns(tableColumns, count)
  columns.oldTarget.fill(noOldTarget)
  let i = 0
  for (const { bottleneck, label, image, mergedInto, file = -1 } of rows) {
    const { features, logits } = bottleneck
    // Rows of too few numbers would come out as zeros.
    if (features.length < dim) throw new RangeError(`${features.length} features of an image, not ${dim}`)
    writer.add(encodeFloat16(features.subarray(0, dim)))
    further?.add(encodeFloat16(features.subarray(dim)))
    columns.oldLogSumExp[i] = logSumExp(logits)
    columns.oldClass[i] = argMax(logits)
    columns.oldBest[i] = logits[columns.oldClass[i]!]!
    const { median, deviation } = oldSpread(logits)
    columns.oldMedian[i] = median
    columns.oldDeviation[i] = deviation
    if (mergedInto !== undefined) columns.oldTarget[i] = logits[mergedInto]!
    columns.label[i] = label
    columns.image[i] = image
    columns.file[i] = file
    i++
  }
  return { dim, count, features: writer.done(), ...furtherRows(further?.done()), ...columns }
}

function furtherRows(further: FeatureRows | undefined): Pick<FeatureTable, 'further'> {
  return further === undefined ? {} : { further }
}

/** The rows of all layers: the features, then the further layers. */
export function allLayers({ features, further }: Pick<FeatureTable, 'features' | 'further'>): FeatureRows {
  if (further === undefined) return features
  const whole = [features, further].map((rows) => ({ rows, start: 0, end: rows.dim }))
  return sideBySide(whole)
}

/** Selects rows of a table, in order. */
export function selectRows(table: FeatureTable, wanted: (row: number) => boolean): FeatureTable {
  const rows = Array.from(table.label.keys()).filter(wanted)
  return rows.length === table.count ? table : pickRows(table, rows)
}

/** Picks rows of a table, in the given order. */
export function pickRows(table: FeatureTable, rows: readonly number[]): FeatureTable {
  const features = pickedRows(table.features, rows)
  const further = furtherRows(table.further && pickedRows(table.further, rows))
  return { dim: table.dim, count: rows.length, features, ...further, ...pickColumns(tableColumns, table, rows) }
}

/** Joins tables; image numbers continue from table to table. Further layers stay where all tables have them. */
export function joinTables(tables: readonly FeatureTable[]): FeatureTable {
  const [first] = tables
  if (first !== undefined && tables.length === 1) return first
  const features = joinedRows(tables.map((table) => table.features))
  let images = 0
  const parts = tables.map((table) => {
    const before = images
    images += imageCount(table)
    return { ...table, image: table.image.map((one) => before + one) }
  })
  const others = tables.map(({ further }) => further).filter((rows) => rows !== undefined)
  const further = furtherRows(others.length === tables.length && others.length > 0 ? joinedRows(others) : undefined)
  return { dim: features.dim, count: features.count, features, ...further, ...joinColumns(tableColumns, parts) }
}

/** Whether a row is the first of its image: its plain view. */
export function isFirstOfImage({ image }: Pick<FeatureTable, 'image'>, row: number): boolean {
  return row === 0 || image[row] !== image[row - 1]
}

/** The first row of each image: the plain views. */
export function firstRows(table: Pick<FeatureTable, 'image'>): number[] {
  return Array.from(table.image.keys()).filter((row) => isFirstOfImage(table, row))
}

/** Number of images, which are numbered from 0. */
export function imageCount({ image, count }: Pick<FeatureTable, 'image' | 'count'>): number {
  return count === 0 ? 0 : image[count - 1]! + 1
}
