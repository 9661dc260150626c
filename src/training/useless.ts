import type { HeldOutRecord } from '../bundle/manifest.js'
import { allowedLosses } from '../calibration/old-drop-guard.js'

/** From this share on, most of what was added is of no use. */
const most = 0.5

/** How far above guessing the new classes must be told apart: half as often again, or by a fifth of what guessing leaves. */
const aboveChance = 0.5
const ofTheRest = 0.2

/** A base that knows so few of its own pictures is fed wrongly, or asked about others. */
const fewestKnown = 0.1

/** Fewer labelled pictures say little about a base. */
const enoughOld = 20

/**
 * Warns of a result that is of no use, with its cause and the option that helps.
 *
 * @param heldOut figures on pictures that were held out from training
 * @param plan.added number of added columns
 * @param plan.maxOldDrop the guard's limit, a fraction; `undefined` for none
 */
export function warnOfUseless(
  heldOut: Pick<HeldOutRecord, 'old' | 'new' | 'miss' | 'leak'>,
  plan: { readonly added: number; readonly maxOldDrop: number | undefined },
  warn: (code: string, message: string) => void,
): void {
  const { old, miss } = heldOut
  const { top1 } = heldOut.new
  if (old && old.count >= enoughOld && old.top1Before < fewestKnown) {
    warn(
      'BASE_WRONG',
      `The base model is right on only ${percent(old.top1Before)} of the ${old.count} old images: its preprocessing may be wrong (see "extend inspect", and --mean, --std, --channels), its labels in another order (--labels), or these are no pictures of its classes.`,
    )
  }
  if (top1 === null || miss === null) return
  if (miss >= most) {
    warn('MOSTLY_MISSED', `Old classes keep ${percent(miss)} of the new images, so the new ones are of little use: ${causeOfMiss(heldOut, plan)}`) // prettier-ignore
  } else if (plan.added > 1 && top1 / (1 - miss) < leastTold(plan.added)) {
    warn(
      'NOT_TOLD_APART',
      `The new classes are hardly told apart: ${percent(top1)} of their images get the right answer, and guessing gives ${percent(1 / plan.added)}; this model's features may not show the difference: give more images of each class, or another --model.`,
    )
  }
}

/** The share of images that must be right among so many new classes. */
function leastTold(classes: number): number {
  const chance = 1 / classes
  return chance + Math.min(aboveChance * chance, ofTheRest * (1 - chance))
}

function causeOfMiss(
  { old }: Pick<HeldOutRecord, 'old'>,
  { maxOldDrop }: { readonly maxOldDrop: number | undefined },
): string {
  if (old === null || maxOldDrop === undefined) {
    return 'give more images of them, a larger --prior, or another --model whose features tell them from the old ones.'
  }
  const allowed = allowedLosses(old.count, maxOldDrop)
  if (allowed === 0) {
    const needed = maxOldDrop > 0 ? ` or at least ${Math.ceil(1 / maxOldDrop)} old images with --rehearsal DIR` : ''
    return `of ${old.count} old images, --max-old-drop ${maxOldDrop} allows none to be lost, so that the one most like the new classes holds them all back; give --max-old-drop ${suggestedDrop(old.count, maxOldDrop)}${needed}.`
  }
  return `this model's features do not tell them from old ones within --max-old-drop ${maxOldDrop} (${allowed} of ${old.count} old images); allow more, such as --max-old-drop ${suggestedDrop(old.count, maxOldDrop)}, give more images of them, or another --model.`
}

/** Five times the limit, at least two pictures, in whole hundredths. */
function suggestedDrop(count: number, maxOldDrop: number): number {
  return Math.min(0.5, Math.ceil(100 * Math.max(5 * maxOldDrop, 2 / count)) / 100)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}
