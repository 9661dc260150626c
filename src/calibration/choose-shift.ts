import type { HeldOutAnswers } from './decide.js'
import { oldMargins } from './held-out.js'
import { largestShift } from './old-drop-guard.js'
import { priorShift } from './prior-shift.js'

export interface ShiftOptions {
  /** Prior probability that an image shows a new class, in (0, 1). */
  readonly prior: number
  /** Largest loss of old accuracy allowed, 0..1. @default any */
  readonly maxOldDrop?: number | undefined
}

/**
 * What is added to every added logit: the prior's shift, or less where the guard allows less. Both come from held-out images.
 *
 * Where neither has anything to go by (new classes of one image each, and no limit) it is the prior's log odds.
 */
export function chooseShift(answers: HeldOutAnswers, { prior, maxOldDrop }: ShiftOptions): number {
  const { margins, count } = oldMargins(answers)
  const most = maxOldDrop === undefined ? Infinity : largestShift(margins, count, maxOldDrop)
  const shift = Math.min(priorShift(answers, prior), most)
  return Number.isFinite(shift) ? shift : Math.log(prior / (1 - prior))
}
