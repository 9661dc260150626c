import type { HeldOutRecord } from '../bundle/manifest.js'
import { classFigures, countAnswer, type ConfusionMatrix } from '../evaluation/confusion-matrix.js'
import { errorOf } from '../evaluation/error-kind.js'
import { oldAndNewFigures, type ImageOutcome } from '../evaluation/old-and-new.js'
import type { TrainingRows } from '../head/training-rows.js'
import { decide, type Decision, type HeldOutAnswers } from './decide.js'

/** Figures on held-out images, by column; see `ExtendResult.heldOut`. */
export interface HeldOutFigures extends Omit<HeldOutRecord, 'perClass'> {
  /** The added classes that have held-out images, including merged ones, in the order of their columns. */
  readonly perClass: readonly HeldOutClass[]
}

export interface HeldOutClass {
  /** Index among the added columns. */
  readonly column: number
  readonly count: number
  readonly right: number
  /** Wrong answers to its images, the commonest first. */
  readonly takenFor: readonly { readonly answer: Decision; readonly count: number }[]
}

/**
 * Counts hits, leaks and misses, with every image scored by a head that was not trained on it. A merged class counts as
 * old, as in `evaluate`.
 *
 * @param shifts [k] added to the added logits, by column, in nats
 * @param madeUp whether the old images are made up; they are left out of the figures then
 */
export function heldOutFigures(answers: HeldOutAnswers, shifts: Float64Array, madeUp = false): HeldOutFigures {
  const { rows, merged } = answers
  const decisions = decide(answers, shifts)
  const isNew = (one: Decision) => one < 0
  const outcomes: ImageOutcome[] = []
  const matrix: ConfusionMatrix = new Map()
  rows.target.forEach((label, row) => {
    if (label < 0 && madeUp) return
    const decision = decisions[row]!
    const truth = label < 0 ? oldTruth(rows, row) : (merged.get(label) ?? -1 - label)
    if (label >= 0) countAnswer(matrix, truth, decision)
    const isBaseRight = rows.oldClass[row] === truth
    outcomes.push({ isNew: isNew(truth), error: errorOf(truth, decision, isNew), isBaseRight })
  })
  const columnOf = new Map(
    Array.from({ length: rows.classes }, (_, column) => [merged.get(column) ?? -1 - column, column]),
  )
  const { old, new: added, leak, miss } = oldAndNewFigures(outcomes)
  return {
    old: old && { top1Before: old.top1Base, top1After: old.top1, count: old.count },
    new: added ? { top1: added.top1, count: added.count } : { top1: null, count: 0 },
    leak,
    miss,
    perClass: classFigures(matrix)
      .map(({ truth, count, right, takenFor }) => ({ column: columnOf.get(truth)!, count, right, takenFor }))
      .sort((a, b) => a.column - b.column),
  }
}

/**
 * max z_n − max z_o, in nats and without any shift, of the old images that the base model classifies correctly and new
 * classes may take, and the number of all old images. Only columns that would take an image under their shift count.
 *
 * @param shifts [k] by column
 * @param behind [k] subtracted from z_n, by column
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
