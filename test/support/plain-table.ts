import { readRows } from '../../src/features/feature-rows.js'
import type { FeatureTable } from '../../src/features/table.js'

/** A table with its features read into memory, so that two can be compared. */
export function plainTable(table: FeatureTable) {
  return { ...table, features: readRows(table.features, 0, table.count) }
}
