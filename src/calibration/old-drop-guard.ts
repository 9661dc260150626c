/**
 * How far all added logits must come down so that old accuracy falls by no more than asked (method.md: γ is the 1 − ε quantile of
 * max z_n − max z_o over held-out old images, never below 0).
 *
 * @param margins max z_n − max z_o of every held-out old image that the base model gets right
 * @param count number of held-out old images, right or wrong: what the drop is a fraction of
 * @param maxOldDrop ε, 0..1
 * @returns γ ≥ 0, to be subtracted from every added logit
 */
export function oldDropGuard(margins: Float64Array, count: number, maxOldDrop: number): number {
  const allowed = Math.floor(maxOldDrop * count + 1e-9)
  const largestFirst = margins.slice().sort().reverse()
  const firstKept = largestFirst[allowed]
  // The tie goes to the old class: one float32 step beyond equality.
  return firstKept === undefined || firstKept < 0 ? 0 : firstKept + 1e-5 * Math.max(1, Math.abs(firstKept))
}

/**
 * The shift of all added logits from the prior odds the training objective assumes, new : old = 1 : 1, to a prior π for "new":
 * log(π / (1 − π)).
 *
 * @param prior π, in (0, 1)
 */
export function priorShift(prior: number): number {
  return Math.log(prior / (1 - prior))
}
