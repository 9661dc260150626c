import type { HeldOutAnswers } from './decide.js'
import { oldMargins } from './held-out.js'
import { largestShift } from './old-drop-guard.js'
import { groupsOf, logOdds, priorShifts } from './prior-shift.js'

export interface ShiftOptions {
  /**
   * Prior probability that an image shows a new class, where there are five of them, in (0, 1); see `prior-shift.ts`.
   */
  readonly prior: number
  /** Largest loss of old accuracy allowed, over all new classes together, 0..1. @default any */
  readonly maxOldDrop?: number | undefined
}

/**
 * How much lower, in nats, the ceilings of increments come to lie that joined after very many others; chosen on
 * held-out images.
 */
const seniority = 1
/** Standard deviation, in nats, of an old image's margin over what else is left out with it (docs/lab-notes.md). */
export const marginNoise = 0.7

/**
 * What is added to the added logits: for each increment the prior's shift, but none more than a ceiling, the highest
 * under which all new classes together cost the old ones no more than the guard allows. So what was raised most is
 * lowered first, and an increment that takes no old image, or needs no raising, neither pays nor makes others pay. An
 * increment's ceiling lies a little below that of the one before, half a nat, then a quarter and so on: what was added
 * before gives way last. All of it comes from held-out images.
 *
 * Where neither has anything to go by (new classes of one image each, and no limit) it is the prior's log odds.
 *
 * @returns [k] by column, the same for all columns of an increment
 */
export function chooseShift(answers: HeldOutAnswers, { prior, maxOldDrop }: ShiftOptions): Float64Array {
  const shifts = priorShifts(answers, prior)
  const behind = seniorityOf(answers.increment)
  const { margins, count } = oldMargins(answers, shifts, behind)
  const ceiling = maxOldDrop === undefined ? Infinity : largestShift(margins, count, maxOldDrop, marginNoise)
  return shifts.map((shift, column) => {
    const lowered = Math.min(shift, ceiling - behind[column]!)
    return Number.isFinite(lowered) ? lowered : logOdds(prior, answers.rows.classes)
  })
}

/** [k] by how much an increment's ceiling lies below that of the first. */
function seniorityOf(increment: Int32Array): Float64Array {
  return Float64Array.from(groupsOf(increment).group, (place) => seniority * (1 - 2 ** -place))
}
