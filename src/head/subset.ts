import type { TrainingSet } from './types.js'

/** Some rows of a training set, held in memory as a set of their own. */
export async function subset(
  set: TrainingSet,
  rows: readonly number[],
): Promise<TrainingSet & { readonly rows: readonly number[] }> {
  const { dim } = set.features
  const all = new Float32Array(rows.length * dim)
  for (const [i, row] of rows.entries()) all.set(await set.features.read(row, row + 1), i * dim)
  const pickFloat = (column: Float32Array) => Float32Array.from(rows, (row) => column[row]!)
  const pickInt = (column: Int32Array) => Int32Array.from(rows, (row) => column[row]!)
  return {
    rows,
    features: { count: rows.length, dim, read: (start, end) => all.subarray(start * dim, end * dim) },
    classes: set.classes,
    oldScore: pickFloat(set.oldScore),
    oldTarget: pickFloat(set.oldTarget),
    target: pickInt(set.target),
    image: pickInt(set.image),
  }
}
