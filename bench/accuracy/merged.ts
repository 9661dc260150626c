import { columnsOf } from '../../src/bundle/columns.js'
import type { MergedColumns } from '../../src/calibration/held-out-answers.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { mergedColumns } from '../../src/tables/merged-columns.js'

/** Which of the increments' columns are merged into which base class. */
export function mergedOf(increments: readonly IncrementFeatures[]): MergedColumns {
  return mergedColumns(columnsOf(increments.map(({ increment }) => increment)))
}
