import { firstRows, pickRows, type FeatureTable } from '../features/table.js'
import { createRandom } from '../math/random.js'

/**
 * The plain views of a table's images, or of a seeded sample of them, drawn by label in proportion.
 *
 * @param most largest number of images
 */
export function plainRows(table: FeatureTable, most: number, seed: number | string): FeatureTable {
  const rows = firstRows(table)
  const kept = rows.length <= most ? rows : sampleByLabel(table, rows, most, seed)
  const plain = pickRows(table, kept)
  return { ...plain, image: plain.image.map((_, i) => i) }
}

function sampleByLabel(
  { label }: FeatureTable,
  rows: readonly number[],
  most: number,
  seed: number | string,
): number[] {
  const byLabel = new Map<number, number[]>()
  for (const row of rows) byLabel.set(label[row]!, [...(byLabel.get(label[row]!) ?? []), row])
  const sampled = [...byLabel].flatMap(([one, own]) =>
    createRandom(`sample:${seed}:${one}`)
      .shuffle([...own])
      .slice(0, Math.max(1, Math.round((most * own.length) / rows.length))),
  )
  return sampled.sort((a, b) => a - b)
}
