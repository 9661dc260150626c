import { logAddExp } from '../math/softmax.js'
import type { TrainingSet } from '../head/types.js'

/** Column → base class for the added classes that are merged into an old one. */
export type MergedColumns = ReadonlyMap<number, number>

/** Held-out images with what both heads say of them. */
export interface HeldOutAnswers {
  /** One row for each image. */
  readonly set: TrainingSet
  /** Row-major [rows × k]: added logits, before any shift. */
  readonly scores: Float32Array
  /** [rows] the largest base logit. */
  readonly oldBest: Float32Array
  /** [rows] the base class it belongs to. */
  readonly oldClass: Int32Array
  /** [rows] the base class an old image shows; -1 for a new image, or where it is not known. */
  readonly oldLabel: Int32Array
  readonly merged: MergedColumns
}

/** A decision in the joint label space: base class `c` as `c`, added column `j` as `-1 - j`. */
export type Decision = number

/**
 * What the extended classifier answers for every row, from the added logits and the summary of the old ones.
 *
 * A merged column answers with its base class. Its logit is logsumexp(old, new); the old part is known where it is the
 * largest old logit or the row's own class, and too small to matter elsewhere.
 *
 * @param shift added to every score
 */
export function decide({ set, scores, oldBest, oldClass, merged }: HeldOutAnswers, shift: number): Decision[] {
  const { classes: k, target, oldTarget } = set
  return Array.from(target, (label, row) => {
    let best = oldBest[row]!
    let answer: Decision = oldClass[row]!
    for (let column = 0; column < k; column++) {
      let score = scores[row * k + column]! + shift
      const base = merged.get(column)
      if (base !== undefined) {
        if (oldClass[row] === base) score = logAddExp(score, oldBest[row]!)
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
