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
 * The shifts where there are no old images to hold out: the prior's log odds for all, or less where the guard allows
 * less on made-up ones.
 *
 * @param margins max z_n − max z_o, without any shift, of made-up old images that no training has seen
 * @param classes k, the number of added columns
 */
export function probeShift(margins: Float64Array, classes: number, { prior, maxOldDrop }: ShiftOptions): ProbedShift {
  const count = margins.length
  const most = maxOldDrop === undefined ? Infinity : largestShift(margins, count, maxOldDrop)
  const shift = Math.min(logOdds(prior, classes), most)
  return {
    shifts: new Float64Array(classes).fill(shift),
    leak: margins.filter((margin) => margin + shift > 0).length / count,
  }
}
