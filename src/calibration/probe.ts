import { guardCeiling } from './old-drop-guard.js'
import type { ShiftOptions } from './choose-shift.js'
import { logOdds } from './prior-shift.js'

export interface ProbedShift {
  /** [k] amounts to add to the added logits, by column, in nats. */
  readonly shifts: Float64Array
  /** Share of the probe's old images that new classes take, 0..1. */
  readonly leak: number
}

/**
 * Chooses the shift when there are no real old images: the prior's log odds, or less where the guard on made-up old
 * images demands it; one shift for all columns.
 *
 * @param margins max z_n − max z_o, in nats and without any shift, of made-up old images that were not trained on
 * @param classes k, the number of added columns
 */
export function probeShift(margins: Float64Array, classes: number, { prior, maxOldDrop }: ShiftOptions): ProbedShift {
  const count = margins.length
  const most = maxOldDrop === undefined ? Infinity : guardCeiling(margins, count, maxOldDrop)
  const shift = Math.min(logOdds(prior, classes), most)
  return {
    shifts: new Float64Array(classes).fill(shift),
    leak: margins.filter((margin) => margin + shift > 0).length / count,
  }
}
