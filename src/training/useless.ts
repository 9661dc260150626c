import type { HeldOutRecord } from '../bundle/manifest.js'
import { allowedLosses } from '../calibration/old-drop-guard.js'
import type { Warn } from '../core/progress.js'
import type { Remedy } from '../core/remedies.js'

/** From this miss rate on, the added classes are of little use. */
const maxMiss = 0.5

/**
 * How far above chance the accuracy among new classes must lie: half of chance, or a fifth of the gap from chance to 1,
 * whichever is less.
 */
const aboveChance = 0.5
const ofHeadroom = 0.2

/** Below this accuracy on old images the base model gets wrongly prepared input, or the images are of other classes. */
const minOldAccuracy = 0.1

/** Fewer labelled old images say little about the base model. */
const minOldImages = 20

/**
 * Warns of a result that is of little use, with a likely cause and a remedy.
 *
 * @param heldOut figures on held-out images
 * @param plan.added number of classes that the figures are of
 * @param plan.maxOldDrop the guard's limit, a fraction; `undefined` for none
 * @param plan.heldOutOfOld the share of the old images that the figures are of @default 1
 */
export function warnOfUseless(
  heldOut: Pick<HeldOutRecord, 'old' | 'new' | 'miss' | 'leak'>,
  plan: { readonly added: number; readonly maxOldDrop: number | undefined; readonly heldOutOfOld?: number },
  warn: Warn,
): void {
  const { old, miss } = heldOut
  const { top1 } = heldOut.new
  if (old && old.count >= minOldImages && old.top1Before < minOldAccuracy) {
    warn('BASE_WRONG', `The base model is right on only ${percent(old.top1Before)} of the ${old.count} old images.`, {
      kind: 'check-input',
    })
  }
  if (top1 === null || miss === null) return
  if (miss >= maxMiss) {
    const message = `Old classes keep ${percent(miss)} of the new images, so the new ones are of little use.`
    warn('MOSTLY_MISSED', message, remedyOfMiss(heldOut, plan))
  } else if (plan.added > 1 && top1 / (1 - miss) < minAccuracy(plan.added)) {
    warn(
      'NOT_TOLD_APART',
      `The new classes are hardly told apart: ${percent(top1)} of their images get the right answer, and guessing gives ${percent(1 / plan.added)}.`,
      { kind: 'add-images-or-change-model' },
    )
  }
}

/** Least useful accuracy among the given number of new classes. */
function minAccuracy(classes: number): number {
  const chance = 1 / classes
  return chance + Math.min(aboveChance * chance, ofHeadroom * (1 - chance))
}

function remedyOfMiss(
  { old }: Pick<HeldOutRecord, 'old'>,
  { maxOldDrop, heldOutOfOld = 1 }: Parameters<typeof warnOfUseless>[1],
): Remedy {
  if (old === null || maxOldDrop === undefined) return { kind: 'raise-prior' }
  return {
    kind: 'raise-max-old-drop',
    maxOldDrop,
    suggested: suggestedDrop(old.count, maxOldDrop),
    oldImages: old.count,
    allowed: allowedLosses(old.count, maxOldDrop),
    ...(maxOldDrop > 0 ? { enoughImages: Math.ceil(1 / maxOldDrop / heldOutOfOld) } : {}),
  }
}

/** Five times the limit, at least two images, rounded up to hundredths; at most a half, unless that is the limit. */
function suggestedDrop(count: number, maxOldDrop: number): number {
  return Math.min(Math.max(0.5, maxOldDrop), Math.ceil(100 * Math.max(5 * maxOldDrop, 2 / count)) / 100)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}
