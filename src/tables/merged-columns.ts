import type { AddedColumn } from '../bundle/columns.js'
import type { MergedColumns } from '../calibration/held-out-answers.js'
import { oldTruth } from '../calibration/held-out-records.js'
import { selectRows, type FeatureTable } from '../features/table.js'

/**
 * Maps merged columns to their base classes.
 *
 * @param columns the result of `columnsOf`, or a contiguous part of it
 */
export function mergedColumns(columns: readonly Pick<AddedColumn, 'mergedInto'>[]): MergedColumns {
  return new Map(
    columns.flatMap(({ mergedInto }, column) => (mergedInto === undefined ? [] : [[column, mergedInto] as const])),
  )
}

/** The old images that do not show a merged class: they must not count as examples against it. */
export function besideMerged(old: FeatureTable, merged: MergedColumns): FeatureTable {
  const mergedInto = new Set(merged.values())
  return selectRows(old, (row) => !mergedInto.has(oldTruth(old, row)))
}
