import { createRandom } from '../math/random.js'

/**
 * A seeded sample of rows, drawn by label in proportion; one of each label as long as there are no more labels than
 * that.
 *
 * Sainte-Laguë's method: the rows of a label of n take their turns at 1/2n, 3/2n …, but the first of each label before
 * all.
 *
 * @param rows to draw from
 * @param label [count] of every row of the table
 * @param most number of rows to draw
 * @returns rows in order
 */
export function sampleByLabel(
  rows: readonly number[],
  label: Int32Array,
  most: number,
  seed: number | string,
): number[] {
  const byLabel = new Map<number, number[]>()
  for (const row of rows) {
    const own = byLabel.get(label[row]!)
    if (own) own.push(row)
    else byLabel.set(label[row]!, [row])
  }
  // Of equal turns, those of labels that come first by chance are taken.
  const turns = createRandom(`sample:${seed}`)
    .shuffle([...byLabel])
    .flatMap(([one, own]) =>
      createRandom(`sample:${seed}:${one}`)
        .shuffle([...own])
        .map((row, i) => ({ row, turn: i === 0 ? 0 : (i + 0.5) / own.length })),
    )
  return turns
    .sort((a, b) => a.turn - b.turn)
    .slice(0, most)
    .map(({ row }) => row)
    .sort((a, b) => a - b)
}
