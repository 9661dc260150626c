import { argMax, logSumExp } from '../math/softmax.js'
import { encodeFloat16 } from '../math/float16.js'
import { memoryWriter, pickedRows, type FeatureRows, type RowWriter } from './feature-rows.js'
import type { Bottleneck } from './store.js'

/** Stands for log 0: the row has no old class that is right as well. */
export const noOldTarget = -1e30

/**
 * Feature vectors of a set of images with all that training and calibration need to know of the old head. Rows of one
 * image lie side by side, its plain view first.
 */
export interface FeatureTable {
  readonly dim: number
  readonly count: number
  /** [count × dim], in memory or elsewhere. */
  readonly features: FeatureRows
  /** [count] E_o: logsumexp of the base logits. */
  readonly oldScore: Float32Array
  /** [count] the largest base logit. */
  readonly oldBest: Float32Array
  /** [count] the base class it belongs to. */
  readonly oldClass: Int32Array
  /** [count] logit of the base class the row's class is merged with, or `noOldTarget`. */
  readonly oldTarget: Float32Array
  /** [count] class: a place among the increment's classes, or a base class (-1 where it is not known). */
  readonly label: Int32Array
  /** [count] which image the row shows. */
  readonly image: Int32Array
}

/** One row before it goes into a table. */
export interface Row {
  readonly bottleneck: Bottleneck
  readonly label: number
  readonly image: number
  /** The base class that is right for this row as well. */
  readonly mergedInto?: number | undefined
}

/**
 * Sums up bottlenecks into a table; the full base logits are not kept.
 *
 * @param writer where the features go
 */
export function buildTable(
  rows: Iterable<Row>,
  count: number,
  dim: number,
  writer: RowWriter = memoryWriter(count, dim),
): FeatureTable {
  const columns = {
    oldScore: new Float32Array(count),
    oldBest: new Float32Array(count),
    oldClass: new Int32Array(count),
    oldTarget: new Float32Array(count).fill(noOldTarget),
    label: new Int32Array(count),
    image: new Int32Array(count),
  }
  let i = 0
  for (const { bottleneck, label, image, mergedInto } of rows) {
    const { features, logits } = bottleneck
    writer.add(encodeFloat16(features))
    columns.oldScore[i] = logSumExp(logits)
    columns.oldClass[i] = argMax(logits)
    columns.oldBest[i] = logits[columns.oldClass[i]!]!
    if (mergedInto !== undefined) columns.oldTarget[i] = logits[mergedInto]!
    columns.label[i] = label
    columns.image[i] = image
    i++
  }
  return { dim, count, features: writer.done(), ...columns }
}

/** The rows of a table that are wanted, in order. */
export function selectRows(table: FeatureTable, wanted: (row: number) => boolean): FeatureTable {
  const rows = Array.from(table.label.keys()).filter(wanted)
  return rows.length === table.count ? table : pickRows(table, rows)
}

/** The given rows of a table, in the given order. */
export function pickRows(table: FeatureTable, rows: readonly number[]): FeatureTable {
  const pickFloat = (column: Float32Array) => Float32Array.from(rows, (row) => column[row]!)
  const pickInt = (column: Int32Array) => Int32Array.from(rows, (row) => column[row]!)
  return {
    dim: table.dim,
    count: rows.length,
    features: pickedRows(table.features, rows),
    oldScore: pickFloat(table.oldScore),
    oldBest: pickFloat(table.oldBest),
    oldClass: pickInt(table.oldClass),
    oldTarget: pickFloat(table.oldTarget),
    label: pickInt(table.label),
    image: pickInt(table.image),
  }
}
