import { noOldTarget } from '../features/table.js'
import { argMax } from '../math/softmax.js'
import type { HeldOutStep } from './training-curve.js'
import type { TrainingRows } from './training-rows.js'

/** How many rows were answered in which way. */
export interface Outcomes {
  /** Rows of new images. */
  readonly added: number
  /** Of these, those given their class. */
  readonly right: number
  /** Of these, those that an old class keeps. */
  readonly misses: number
  /** Rows of old images. */
  readonly old: number
  /** Of these, those that a new class takes. */
  readonly leaks: number
}

/**
 * Counts answers by the largest logit among the old and the new ones.
 *
 * @param scores row-major [count × k]
 * @param included rows that count
 */
export function outcomes(
  { classes, target, oldBest, oldTarget }: TrainingRows,
  scores: Float32Array,
  included: (row: number) => boolean,
): Outcomes {
  const counts = { added: 0, right: 0, misses: 0, old: 0, leaks: 0 }
  for (const [row, own] of target.entries()) {
    if (!included(row)) continue
    const logits = scores.subarray(row * classes, (row + 1) * classes)
    const answer = argMax(logits)
    const isNew = logits[answer]! > oldBest[row]!
    if (own < 0) {
      counts.old++
      if (isNew) counts.leaks++
      continue
    }
    counts.added++
    // The old class that a merged class is one with.
    const isMergedOld = !isNew && oldTarget[row]! > noOldTarget / 2 && oldTarget[row] === oldBest[row]
    if (isMergedOld || (isNew && answer === own)) counts.right++
    if (!isNew && !isMergedOld) counts.misses++
  }
  return counts
}

/** Outcomes as shares, with a loss in nats. */
export function heldOutStep({ added, right, misses, old, leaks }: Outcomes, loss: number): HeldOutStep {
  const share = (count: number, of: number) => (of === 0 ? null : count / of)
  return { loss, top1: share(right, added), leak: share(leaks, old), miss: share(misses, added) }
}
