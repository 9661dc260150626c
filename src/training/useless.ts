import type { HeldOutRecord } from '../bundle/manifest.js'
import { allowedLosses } from '../calibration/old-drop-guard.js'
import type { Warn } from '../core/progress.js'
import type { Remedy } from '../core/remedies.js'

/** From this share on, most of what was added is of no use. */
const most = 0.5

/**
 * How far above guessing the new classes must be told apart: half as often again, or by a fifth of what guessing
 * leaves.
 */
const aboveChance = 0.5
const ofTheRest = 0.2

/** A base that knows so few of its own pictures is fed wrongly, or asked about others. */
const fewestKnown = 0.1

/** Fewer labelled pictures say little about a base. */
const enoughOld = 20

/**
 * Warns of a result that is of no use, with what may be its cause and what helps.
 *
 * @param heldOut figures on pictures that were held out from training
 * @param plan.added number of added columns
 * @param plan.maxOldDrop the guard's limit, a fraction; `undefined` for none
 */
export function warnOfUseless(
  heldOut: Pick<HeldOutRecord, 'old' | 'new' | 'miss' | 'leak'>,
  plan: { readonly added: number; readonly maxOldDrop: number | undefined },
  warn: Warn,
): void {
  const { old, miss } = heldOut
  const { top1 } = heldOut.new
  if (old && old.count >= enoughOld && old.top1Before < fewestKnown) {
    warn('BASE_WRONG', `The base model is right on only ${percent(old.top1Before)} of the ${old.count} old images.`, {
      kind: 'check-input',
    })
  }
  if (top1 === null || miss === null) return
  if (miss >= most) {
    const message = `Old classes keep ${percent(miss)} of the new images, so the new ones are of little use.`
    warn('MOSTLY_MISSED', message, remedyOfMiss(heldOut, plan))
  } else if (plan.added > 1 && top1 / (1 - miss) < leastTold(plan.added)) {
    warn(
      'NOT_TOLD_APART',
      `The new classes are hardly told apart: ${percent(top1)} of their images get the right answer, and guessing gives ${percent(1 / plan.added)}.`,
      { kind: 'add-images-or-change-model' },
    )
  }
}

/** The share of images that must be right among so many new classes. */
function leastTold(classes: number): number {
  const chance = 1 / classes
  return chance + Math.min(aboveChance * chance, ofTheRest * (1 - chance))
}

function remedyOfMiss(
  { old }: Pick<HeldOutRecord, 'old'>,
  { maxOldDrop }: { readonly maxOldDrop: number | undefined },
): Remedy {
  if (old === null || maxOldDrop === undefined) return { kind: 'raise-prior' }
  return {
    kind: 'raise-max-old-drop',
    maxOldDrop,
    suggested: suggestedDrop(old.count, maxOldDrop),
    oldImages: old.count,
    allowed: allowedLosses(old.count, maxOldDrop),
    ...(maxOldDrop > 0 ? { enoughImages: Math.ceil(1 / maxOldDrop) } : {}),
  }
}

/** Five times the limit, at least two pictures, in whole hundredths. */
function suggestedDrop(count: number, maxOldDrop: number): number {
  return Math.min(0.5, Math.ceil(100 * Math.max(5 * maxOldDrop, 2 / count)) / 100)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}
