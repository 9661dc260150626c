import { logAddExp } from '../math/softmax.js'
import type { HeldOut } from '../head/training-rows.js'

/** Column → base class for the added classes that are merged into an old one. */
export type MergedColumns = ReadonlyMap<number, number>

/** Held-out images with what both heads say of them; the logits are the added ones before any shift. */
export interface HeldOutAnswers extends HeldOut {
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
 * @param shifts [k] added to the added logits, by column
 */
export function decide(answers: HeldOutAnswers, shifts: Float64Array): Decision[] {
  return Array.from(answers.rows.target, (_, row) => best(answers, row, shifts).decision)
}

/** The largest joint logit of a row, the one it is decided by. */
export function bestLogit(answers: HeldOutAnswers, row: number, shifts: Float64Array): number {
  return best(answers, row, shifts).logit
}

function best(
  { rows, logits, merged }: HeldOutAnswers,
  row: number,
  shifts: Float64Array,
): { logit: number; decision: Decision } {
  const { classes: k, target, oldBest, oldClass, oldTarget } = rows
  let logit = oldBest[row]!
  let decision: Decision = oldClass[row]!
  for (let column = 0; column < k; column++) {
    let score = logits[row * k + column]! + shifts[column]!
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
