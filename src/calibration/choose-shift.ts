import type { HeldOutAnswers } from './held-out-answers.js'
import { guardCeiling } from './old-drop-guard.js'
import { oldMargins } from './old-margins.js'
import { groupsOf, logOdds, priorShifts } from './prior-shift.js'

export interface ShiftOptions {
  /**
   * Prior probability that an image shows a new class, stated for five new classes, in (0, 1); see `prior-shift.ts`.
   */
  readonly prior: number
  /** Largest loss of old accuracy that all new classes together may cause, 0..1. @default no limit */
  readonly maxOldDrop?: number | undefined
}

/**
 * How much lower, in nats, the ceiling of an increment lies at most than that of the first; chosen on held-out images.
 */
const seniority = 1
/**
 * Standard deviation, in nats, of an old image's margin over the choice of images left out with it (docs/lab-notes.md).
 */
export const marginNoise = 0.7

/** The limit holds for base classes alone where it comes to so many of their images. */
const fewestAlone = 2

/**
 * Chooses the shift of every increment: the prior's shift, but at most a ceiling, the highest under which all new
 * classes together cost the old ones no more than the guard allows. The largest shifts are therefore lowered first, and
 * an increment that takes no old images, or needs no raising, neither loses nor makes others lose. The ceiling of each
 * increment lies a little below that of the one before, by half a nat, then a quarter and so on, so that earlier
 * increments are lowered last. Everything is measured on held-out images.
 *
 * Frozen classes are old ones that know their images by heart: these are hardly ever at risk, and must not allow base
 * classes more losses by their number. So the limit holds for base classes alone as well, where enough of their images
 * are at hand.
 *
 * Where neither applies (new classes of one image each, and no limit) the shift is the prior's log odds.
 *
 * @returns [k] by column, in nats, equal for all columns of an increment
 */
export function chooseShift(answers: HeldOutAnswers, { prior, maxOldDrop }: ShiftOptions): Float64Array {
  const shifts = priorShifts(answers, prior)
  const behind = seniorityOf(answers.increment)
  const ceilingOf = ({ margins, count }: ReturnType<typeof oldMargins>) => {
    return maxOldDrop === undefined ? Infinity : guardCeiling(margins, count, maxOldDrop, marginNoise)
  }
  const ofAll = oldMargins(answers, shifts, behind)
  const ofBase = oldMargins(answers, shifts, behind, answers.rows.baseClasses)
  const isApart = ofBase.count < ofAll.count && (ofBase.count + 1) * (maxOldDrop ?? 0) >= fewestAlone
  const ceiling = isApart ? Math.min(ceilingOf(ofBase), ceilingOf(ofAll)) : ceilingOf(ofAll)
  return shifts.map((shift, column) => {
    const lowered = Math.min(shift, ceiling - behind[column]!)
    return Number.isFinite(lowered) ? lowered : logOdds(prior, answers.rows.classes)
  })
}

/** [k] how far an increment's ceiling lies below that of the first, in nats. */
function seniorityOf(increment: Int32Array): Float64Array {
  return Float64Array.from(groupsOf(increment).group, (place) => seniority * (1 - 2 ** -place))
}
