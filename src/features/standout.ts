import { robustSpread, type RobustSpread } from '../math/robust-spread.js'

/**
 * Of fewer old classes, the one that an image shows is too large a part for the others to tell what is usual
 * (docs/lab-notes.md).
 */
const fewestClasses = 20

/** Keeps the quotient finite where old logits are all but equal. */
const least = 1e-6

/**
 * Median and deviation of an image's old logits, to tell by whether its largest logit stands out from them; `NaN` both
 * with too few classes for that.
 *
 * @param logits [N] of the base model
 */
export function oldSpread(logits: Float32Array): RobustSpread {
  return logits.length < fewestClasses ? { median: NaN, deviation: NaN } : robustSpread(logits)
}

/**
 * How far the largest logit of all classes stands out from the old ones, in their deviations: the standardised maximum
 * logit (docs/method.md). An image of no known class has no logit that stands out, however large its logits are.
 *
 * @returns `null` where the spread is not known
 */
export function standout(largest: number, { median, deviation }: RobustSpread): number | null {
  return Number.isNaN(deviation) ? null : (largest - median) / Math.max(deviation, least)
}

/**
 * The same of a classifier's answer.
 *
 * @param logits [N + k]
 * @param oldClasses N
 */
export function standoutOf(logits: Float32Array, oldClasses: number): number | null {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  return standout(largest, oldSpread(logits.subarray(0, oldClasses)))
}
