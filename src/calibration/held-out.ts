import { classFigures, countAnswer, type ConfusionMatrix } from '../evaluation/confusion-matrix.js'
import type { TrainingRows } from '../head/training-rows.js'
import { decide, type Decision, type HeldOutAnswers } from './decide.js'

/** Figures on held-out images; see `ExtendResult.heldOut`. */
export interface HeldOutFigures {
  /** Old images, and those of merged classes; `null` where there are none. */
  readonly old: { readonly top1Before: number; readonly top1After: number; readonly count: number } | null
  /** `top1` is `null` where there are none: all classes are merged ones. */
  readonly new: { readonly top1: number | null; readonly count: number }
  readonly leak: number | null
  readonly miss: number | null
  /** The added classes that have held-out images, merged ones too, in the order of their columns. */
  readonly perClass: readonly HeldOutClass[]
}

export interface HeldOutClass {
  /** Among the added columns. */
  readonly column: number
  readonly count: number
  readonly right: number
  /** What the others were taken for, the commonest first. */
  readonly takenFor: readonly { readonly answer: Decision; readonly count: number }[]
}

/**
 * Counts hits, leaks and misses, every image scored by a head that has not seen it. A merged class counts as old, as it does in
 * `evaluate`.
 *
 * @param shifts [k] added to the added logits, by column
 * @param madeUp whether the old images are made up: then nothing is said of them
 */
export function heldOutFigures(answers: HeldOutAnswers, shifts: Float64Array, madeUp = false): HeldOutFigures {
  const { rows, merged } = answers
  const decisions = decide(answers, shifts)
  const tally = { old: 0, before: 0, after: 0, leak: 0, new: 0, right: 0, miss: 0 }
  const matrix: ConfusionMatrix = new Map()
  rows.target.forEach((label, row) => {
    if (label < 0 && madeUp) return
    const decision = decisions[row]!
    const truth = label < 0 ? oldTruth(rows, row) : (merged.get(label) ?? -1 - label)
    if (label >= 0) countAnswer(matrix, truth, decision)
    if (truth >= 0) {
      tally.old++
      if (rows.oldClass[row] === truth) tally.before++
      if (decision === truth) tally.after++
      if (decision < 0) tally.leak++
    } else {
      tally.new++
      if (decision === truth) tally.right++
      if (decision >= 0) tally.miss++
    }
  })
  const columnOf = new Map(Array.from({ length: rows.classes }, (_, column) => [merged.get(column) ?? -1 - column, column])) // prettier-ignore
  return {
    old:
      tally.old === 0
        ? null
        : { top1Before: tally.before / tally.old, top1After: tally.after / tally.old, count: tally.old },
    new: { top1: tally.new === 0 ? null : tally.right / tally.new, count: tally.new },
    leak: tally.old === 0 ? null : tally.leak / tally.old,
    miss: tally.new === 0 ? null : tally.miss / tally.new,
    perClass: classFigures(matrix)
      .map(({ truth, count, right, takenFor }) => ({ column: columnOf.get(truth)!, count, right, takenFor }))
      .sort((a, b) => a.column - b.column),
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
  const { rows, logits, merged } = answers
  const { classes: k, oldBest, oldClass } = rows
  const margins: number[] = []
  let count = 0
  rows.target.forEach((label, row) => {
    if (label >= 0) return
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

/** The class of an old image; where it is not known, the base model's own answer counts as right. */
function oldTruth({ label, oldClass }: TrainingRows, row: number): number {
  return label[row]! < 0 ? oldClass[row]! : label[row]!
}
