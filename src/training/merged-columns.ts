import type { AddedColumn } from '../bundle/columns.js'
import type { MergedColumns } from '../calibration/held-out-answers.js'

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
