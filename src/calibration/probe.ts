import type { FeatureTable } from '../features/table.js'
import { scoreTable } from '../head/score.js'
import type { Head } from '../head/types.js'
import { largestShift } from './old-drop-guard.js'
import type { ShiftOptions } from './choose-shift.js'
import { logOdds } from './prior-shift.js'

export interface ProbedShift {
  /** [k] what is added to the added logits, by column. */
  readonly shifts: Float64Array
  /** Share of the probed old images that a new class takes, 0..1. */
  readonly leak: number
}

/**
 * The shifts where there are no old images to hold out: the prior's log odds for all, or less where the guard allows less on made-up ones.
 *
 * @param probe made-up old images that no training has seen
 */
export async function probeShift(
  probe: FeatureTable,
  head: Head,
  { prior, maxOldDrop }: ShiftOptions,
): Promise<ProbedShift> {
  const k = head.classes
  const scores = await scoreTable(probe, head)
  const margins = Float64Array.from(
    probe.oldBest,
    (old, row) => Math.max(...scores.subarray(row * k, (row + 1) * k)) - old,
  )
  const most = maxOldDrop === undefined ? Infinity : largestShift(margins, probe.count, maxOldDrop)
  const shift = Math.min(logOdds(prior, k), most)
  return {
    shifts: new Float64Array(k).fill(shift),
    leak: margins.filter((margin) => margin + shift > 0).length / probe.count,
  }
}
