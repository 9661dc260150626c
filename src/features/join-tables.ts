import { concat } from '../math/concat.js'
import { joinedRows } from './feature-rows.js'
import type { FeatureTable } from './table.js'

/** Several tables as one; images are counted on from table to table. */
export function joinTables(tables: readonly FeatureTable[]): FeatureTable {
  const [first] = tables
  if (first !== undefined && tables.length === 1) return first
  const dim = first?.dim ?? 0
  const count = tables.reduce((sum, table) => sum + table.count, 0)
  const image = new Int32Array(count)
  let row = 0
  let images = 0
  for (const table of tables) {
    table.image.forEach((one, i) => (image[row + i] = images + one))
    row += table.count
    images += table.count === 0 ? 0 : table.image[table.count - 1]! + 1
  }
  const floats = (column: 'oldScore' | 'oldBest' | 'oldTarget') => concat(Float32Array, tables.map((table) => table[column])) // prettier-ignore
  const ints = (column: 'oldClass' | 'label') => concat(Int32Array, tables.map((table) => table[column])) // prettier-ignore
  return {
    dim,
    count,
    features: joinedRows(tables.map(({ features }) => features)),
    oldScore: floats('oldScore'),
    oldBest: floats('oldBest'),
    oldClass: ints('oldClass'),
    oldTarget: floats('oldTarget'),
    label: ints('label'),
    image,
  }
}
