import { sampleByLabel } from '../features/sample-by-label.js'
import { firstRows, pickRows, type FeatureTable } from '../features/table.js'

/**
 * The plain views of a table's images, or of a seeded sample of just `most` of them, drawn by label in proportion; one
 * of each label as long as there are no more labels than that.
 *
 * @param most largest number of images
 */
export function plainRows(table: FeatureTable, most: number, seed: number | string): FeatureTable {
  const rows = firstRows(table)
  const kept = rows.length <= most ? rows : sampleByLabel(table.label, rows, most, seed)
  const plain = pickRows(table, kept)
  return { ...plain, image: plain.image.map((_, i) => i) }
}
