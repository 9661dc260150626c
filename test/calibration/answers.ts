import { noOldTarget } from '../../src/features/table.js'
import type { HeldOutAnswers } from '../../src/calibration/decide.js'
import { logSumExp } from '../../src/math/softmax.js'

/** One held-out image: what both heads say of it and what it shows. */
export interface Answer {
  /** Base logits. */
  readonly old: readonly number[]
  /** Added logits. */
  readonly added: readonly number[]
  /** The added class it shows; left out for an old image. */
  readonly shows?: number
  /** The base class an old image shows. */
  readonly showsOld?: number
}

/**
 * Sums answers up as training and extraction do.
 *
 * @param increment by column; all of one where left out
 */
export function heldOutAnswers(
  answers: readonly Answer[],
  merged: ReadonlyMap<number, number> = new Map(),
  increment?: readonly number[],
): HeldOutAnswers {
  const oldScore = Float32Array.from(answers, ({ old }) => logSumExp(old))
  const classes = answers[0]!.added.length
  return {
    set: {
      classes,
      oldScore,
      oldTarget: Float32Array.from(answers, ({ old, shows }, row) => {
        if (shows === undefined) return oldScore[row]!
        return merged.has(shows) ? old[merged.get(shows)!]! : noOldTarget
      }),
      target: Int32Array.from(answers, ({ shows }) => shows ?? -1),
      image: Int32Array.from(answers.keys()),
    },
    scores: Float32Array.from(answers.flatMap(({ added }) => added)),
    oldBest: Float32Array.from(answers, ({ old }) => Math.max(...old)),
    oldClass: Int32Array.from(answers, ({ old }) => old.indexOf(Math.max(...old))),
    oldLabel: Int32Array.from(answers, ({ showsOld }) => showsOld ?? -1),
    merged,
    increment: Int32Array.from(increment ?? new Array<number>(classes).fill(0)),
  }
}

/** One shift for all columns. */
export function same({ set }: HeldOutAnswers, shift: number): Float64Array {
  return new Float64Array(set.classes).fill(shift)
}
