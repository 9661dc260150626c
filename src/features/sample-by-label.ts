import { createRandom } from '../math/random.js'

/**
 * A seeded sample of just `most` rows, drawn by label in proportion, by Sainte-Laguë's method: the rows of n take their
 * turns at 1/2n, 3/2n …, but the first ones of each label before all.
 *
 * @param label by row
 * @param first how many of each label come before all
 * @returns ascending
 */
export function sampleByLabel(
  label: ArrayLike<number>,
  rows: readonly number[],
  most: number,
  seed: number | string,
  first = 1,
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
        .map((row, i) => ({ row, turn: i < first ? 0 : (i + 0.5) / own.length })),
    )
  return turns
    .sort((a, b) => a.turn - b.turn)
    .slice(0, most)
    .map(({ row }) => row)
    .sort((a, b) => a - b)
}
