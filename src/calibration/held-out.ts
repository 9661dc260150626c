import { decide, type HeldOutAnswers } from './decide.js'

/** Figures on held-out images; see `ExtendResult.heldOut`. */
export interface HeldOutFigures {
  readonly old: { readonly top1Before: number; readonly top1After: number; readonly count: number } | null
  readonly new: { readonly top1: number; readonly count: number }
  readonly leak: number | null
  readonly miss: number
}

/**
 * Counts hits, leaks and misses, every image scored by a head that has not seen it.
 *
 * @param shifts [k] added to the added logits, by column
 */
export function heldOutFigures(answers: HeldOutAnswers, shifts: Float64Array): HeldOutFigures {
  const { set, oldClass, merged } = answers
  const decisions = decide(answers, shifts)
  const tally = { old: 0, before: 0, after: 0, leak: 0, new: 0, right: 0, miss: 0 }
  set.target.forEach((label, row) => {
    const decision = decisions[row]!
    if (label < 0) {
      const truth = oldTruth(answers, row)
      tally.old++
      if (oldClass[row] === truth) tally.before++
      if (decision === truth) tally.after++
      if (decision < 0) tally.leak++
    } else {
      const right = merged.get(label) ?? -1 - label
      tally.new++
      if (decision === right) tally.right++
      else if (decision >= 0) tally.miss++
    }
  })
  return {
    old:
      tally.old === 0
        ? null
        : { top1Before: tally.before / tally.old, top1After: tally.after / tally.old, count: tally.old },
    new: { top1: tally.right / Math.max(1, tally.new), count: tally.new },
    leak: tally.old === 0 ? null : tally.leak / tally.old,
    miss: tally.miss / Math.max(1, tally.new),
  }
}

/**
 * max z_n − max z_o, without any shift, of the old images that the base model gets right and new classes may take, and the number of all
 * old images. A class may take an image that it would take under its shift.
 *
 * @param shifts [k] by column
 * @param behind [k] what z_n is lessened by, by column
 */
export function oldMargins(
  answers: HeldOutAnswers,
  shifts: Float64Array,
  behind: Float64Array,
): { margins: Float64Array; count: number } {
  const { set, scores, oldBest, oldClass, merged } = answers
  const margins: number[] = []
  let count = 0
  set.target.forEach((label, row) => {
    if (label >= 0) return
    count++
    const truth = oldTruth(answers, row)
    if (oldClass[row] !== truth) return
    let best = -Infinity
    for (let column = 0; column < set.classes; column++) {
      const score = scores[row * set.classes + column]!
      if (merged.get(column) !== truth && score + shifts[column]! >= oldBest[row]!)
        best = Math.max(best, score - behind[column]!)
    }
    if (best > -Infinity) margins.push(best - oldBest[row]!)
  })
  return { margins: Float64Array.from(margins), count }
}

/** The class of an old image; where it is not known, the base model's own answer counts as right. */
function oldTruth({ oldLabel, oldClass }: HeldOutAnswers, row: number): number {
  return oldLabel[row]! < 0 ? oldClass[row]! : oldLabel[row]!
}
