import type { TrainingSet } from '../head/types.js'
import { decide, type MergedColumns, type OldAnswers } from './decide.js'

/** Figures on held-out rows; see `ExtendResult.heldOut`. */
export interface HeldOutFigures {
  readonly old: { readonly top1Before: number; readonly top1After: number; readonly count: number } | null
  readonly new: { readonly top1: number; readonly count: number }
  readonly leak: number | null
  readonly miss: number
}

/**
 * Counts hits, leaks and misses over the plain views of all images, each scored by a head that has not seen it.
 *
 * @param oldLabel [count] the base class an old image shows; -1 where unknown: the base model's own answer then counts as right
 * @param plain rows that are an image's unchanged view
 */
export function heldOutFigures(
  set: TrainingSet,
  old: OldAnswers,
  oldLabel: Int32Array,
  plain: (row: number) => boolean,
  scores: Float32Array,
  shift: number,
  merged: MergedColumns,
): HeldOutFigures {
  const decisions = decide(set, old, scores, shift, merged)
  const tally = { old: 0, before: 0, after: 0, leak: 0, new: 0, right: 0, miss: 0 }
  set.target.forEach((label, row) => {
    if (!plain(row)) return
    const decision = decisions[row]!
    if (label < 0) {
      const truth = oldLabel[row]! < 0 ? old.oldClass[row]! : oldLabel[row]!
      tally.old++
      if (old.oldClass[row] === truth) tally.before++
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
    old: tally.old === 0 ? null : { top1Before: tally.before / tally.old, top1After: tally.after / tally.old, count: tally.old },
    new: { top1: tally.right / Math.max(1, tally.new), count: tally.new },
    leak: tally.old === 0 ? null : tally.leak / tally.old,
    miss: tally.miss / Math.max(1, tally.new),
  }
}
