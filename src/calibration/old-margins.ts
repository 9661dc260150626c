import type { HeldOutAnswers } from './held-out-answers.js'
import { oldTruth } from './held-out-records.js'

/**
 * max z_n − max z_o, in nats and without any shift, of the old images that the base model classifies correctly and new
 * classes may take, and the number of all old images. Only columns that would take an image under their shift count.
 *
 * @param shifts [k] by column
 * @param behind [k] subtracted from z_n, by column
 * @param classes old images of so many classes, the first ones, or of none that is known, are counted @default all
 */
export function oldMargins(
  answers: HeldOutAnswers,
  shifts: Float64Array,
  behind: Float64Array,
  classes = Infinity,
): { margins: Float64Array; count: number } {
  const { rows, logits, merged } = answers
  const { classes: k, oldBest, oldClass } = rows
  const margins: number[] = []
  let count = 0
  rows.target.forEach((label, row) => {
    if (label >= 0 || rows.label[row]! >= classes) return
    count++
    const truth = oldTruth(rows, row)
    if (oldClass[row] !== truth) return
    let best = -Infinity
    for (let column = 0; column < k; column++) {
      const score = logits[row * k + column]!
      if (merged.get(column) !== truth && score + shifts[column]! >= oldBest[row]!)
        best = Math.max(best, score - behind[column]!)
    }
    if (best > -Infinity) margins.push(best - oldBest[row]!)
  })
  return { margins: Float64Array.from(margins), count }
}
