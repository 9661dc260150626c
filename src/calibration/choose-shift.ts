import type { HeldOutAnswers } from './decide.js'
import { oldMargins } from './held-out.js'
import { largestShift } from './old-drop-guard.js'
import { logOdds, priorShifts } from './prior-shift.js'

export interface ShiftOptions {
  /** Prior probability that an image shows a new class, where there are five of them, in (0, 1); see `prior-shift.ts`. */
  readonly prior: number
  /** Largest loss of old accuracy allowed, over all new classes together, 0..1. @default any */
  readonly maxOldDrop?: number | undefined
}

/**
 * What is added to the added logits: for each increment the prior's shift, but none more than a ceiling, the highest under which all new
 * classes together cost the old ones no more than the guard allows. So what was raised most is lowered first, and an increment that
 * takes no old image, or needs no raising, neither pays nor makes others pay. All of it comes from held-out images.
 *
 * Where neither has anything to go by (new classes of one image each, and no limit) it is the prior's log odds.
 *
 * @returns [k] by column, the same for all columns of an increment
 */
export function chooseShift(answers: HeldOutAnswers, { prior, maxOldDrop }: ShiftOptions): Float64Array {
  const shifts = priorShifts(answers, prior)
  const { margins, count } = oldMargins(answers, shifts)
  const ceiling = maxOldDrop === undefined ? Infinity : largestShift(margins, count, maxOldDrop)
  return shifts.map((shift) => {
    const lowered = Math.min(shift, ceiling)
    return Number.isFinite(lowered) ? lowered : logOdds(prior, answers.set.classes)
  })
}
