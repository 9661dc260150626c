import type { AddedColumn } from '../bundle/columns.js'
import type { MergedColumns } from '../calibration/decide.js'

/**
 * Which of the columns are merged into which base class. @param columns as `columnsOf` gives them, or some of these in
 * a row
 */
export function mergedColumns(columns: readonly Pick<AddedColumn, 'mergedInto'>[]): MergedColumns {
  return new Map(
    columns.flatMap(({ mergedInto }, column) => (mergedInto === undefined ? [] : [[column, mergedInto] as const])),
  )
}
