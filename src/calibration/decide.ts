import { logAddExp } from '../math/softmax.js'
import type { TrainingRows } from '../head/types.js'

/** Column → base class for the added classes that are merged into an old one. */
export type MergedColumns = ReadonlyMap<number, number>

/** Held-out images with what both heads say of them. */
export interface HeldOutAnswers {
  /** One row for each image. */
  readonly set: TrainingRows
  /** Row-major [rows × k]: added logits, before any shift. */
  readonly scores: Float32Array
  /** [rows] the largest base logit. */
  readonly oldBest: Float32Array
  /** [rows] the base class it belongs to. */
  readonly oldClass: Int32Array
  /** [rows] the base class an old image shows; -1 for a new image, or where it is not known. */
  readonly oldLabel: Int32Array
  readonly merged: MergedColumns
  /** [k] which increment brought a column. */
  readonly increment: Int32Array
}

/** A decision in the joint label space: base class `c` as `c`, added column `j` as `-1 - j`. */
export type Decision = number

/**
 * What the extended classifier answers for every row, from the added logits and the summary of the old ones.
 *
 * A merged column answers with its base class. Its logit is logsumexp(old, new); the old part is known where it is the
 * largest old logit or the row's own class, and too small to matter elsewhere.
 *
 * @param shifts [k] added to the scores, by column
 */
export function decide(answers: HeldOutAnswers, shifts: Float64Array): Decision[] {
  return Array.from(answers.set.target, (_, row) => best(answers, row, shifts).decision)
}

/** The largest joint logit of a row, the one it is decided by. */
export function bestLogit(answers: HeldOutAnswers, row: number, shifts: Float64Array): number {
  return best(answers, row, shifts).logit
}

function best(
  { set, scores, oldBest, oldClass, merged }: HeldOutAnswers,
  row: number,
  shifts: Float64Array,
): { logit: number; decision: Decision } {
  const { classes: k, target, oldTarget } = set
  let logit = oldBest[row]!
  let decision: Decision = oldClass[row]!
  for (let column = 0; column < k; column++) {
    let score = scores[row * k + column]! + shifts[column]!
    const base = merged.get(column)
    if (base !== undefined) {
      if (oldClass[row] === base) score = logAddExp(score, oldBest[row]!)
      else if (target[row] === column) score = logAddExp(score, oldTarget[row]!)
    }
    if (score > logit) {
      logit = score
      decision = base ?? -1 - column
    }
  }
  return { logit, decision }
}
