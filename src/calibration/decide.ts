import { logAddExp } from '../math/softmax.js'
import type { TrainingSet } from '../head/types.js'

/** What the old head says of every row of a training set, in the same order. */
export interface OldAnswers {
  /** [count] the largest base logit. */
  readonly oldBest: Float32Array
  /** [count] the base class it belongs to. */
  readonly oldClass: Int32Array
}

/** Column → base class for the added classes that are merged into an old one. */
export type MergedColumns = ReadonlyMap<number, number>

/** A decision in the joint label space: base class `c` as `c`, added column `j` as `-1 - j`. */
export type Decision = number

/**
 * What the extended classifier answers for every row, from the added logits and the summary of the old ones.
 *
 * A merged column answers with its base class. Its logit is logsumexp(old, new); the old part is known where it is the
 * largest old logit or the row's own class, and too small to matter elsewhere.
 *
 * @param scores row-major [count × k], before the shift
 * @param shift added to every score
 */
export function decide(set: TrainingSet, old: OldAnswers, scores: Float32Array, shift: number, merged: MergedColumns): Decision[] {
  const { classes: k, target, oldTarget } = set
  return Array.from(target, (label, row) => {
    let best = old.oldBest[row]!
    let answer: Decision = old.oldClass[row]!
    for (let column = 0; column < k; column++) {
      let score = scores[row * k + column]! + shift
      const base = merged.get(column)
      if (base !== undefined) {
        if (old.oldClass[row] === base) score = logAddExp(score, old.oldBest[row]!)
        else if (label === column) score = logAddExp(score, oldTarget[row]!)
      }
      if (score > best) {
        best = score
        answer = base ?? -1 - column
      }
    }
    return answer
  })
}
