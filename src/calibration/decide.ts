import { logAddExp } from '../math/softmax.js'
import type { HeldOut } from '../head/training-rows.js'

/** Column → base class, for the added classes that are merged into an old one. */
export type MergedColumns = ReadonlyMap<number, number>

/** Held-out images with the answers of both heads; the logits are the added ones before any shift. */
export interface HeldOutAnswers extends HeldOut {
  readonly merged: MergedColumns
  /** [k] the increment that a column came with. */
  readonly increment: Int32Array
}

/** A decision in the joint label space: `c` for base class `c`, `-1 - j` for added column `j`. */
export type Decision = number

/**
 * Decisions of the extended classifier for all rows, from the added logits and the summary of the old ones.
 *
 * A merged column stands for its base class. Its logit is logsumexp(old, new); the old part is known where it is the
 * largest old logit or the row's own class, and negligible elsewhere.
 *
 * @param shifts [k] added to the added logits, by column, in nats
 */
export function decide(answers: HeldOutAnswers, shifts: Float64Array): Decision[] {
  return Array.from(answers.rows.target, (_, row) => best(answers, row, shifts).decision)
}

/** The largest joint logit of a row, which decides its answer. */
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
