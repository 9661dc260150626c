/**
 * Share of the allowed losses that may be expected where margins are uncertain: other photographs lose somewhat more
 * (docs/lab-notes.md).
 */
const budgetShare = 7 / 8

/**
 * The largest shift of all added logits under which old accuracy is expected to fall by at most ε on unseen images. Of
 * n held-out old images, as many may be lost as keep (lost + 1) / (n + 1) within ε (conformal risk control;
 * Angelopoulos et al., 2022). Where n is too small for that but ε·n allows one image, one may be lost: a single old
 * image that looks like a new class would otherwise suppress it. The shift is a quantile of max z_n − max z_o with its
 * sign reversed (docs/method.md, "The guard").
 *
 * With noise, each image is lost with a probability. Then the expected number of losses must also stay below seven
 * eighths of the allowed number plus a half: the half keeps the shift from jumping with a single image across a gap
 * between margins.
 *
 * @param margins max z_n − max z_o, in nats and without any shift, of every held-out old image that the base model
 * classifies correctly and that may be lost
 * @param count number of held-out old images, right or wrong; the drop is a fraction of it
 * @param maxOldDrop ε, 0..1
 * @param noise standard deviation of a margin, in nats @default 0
 * @returns the shift in nats; +∞ where all of these images may be lost
 */
export function guardCeiling(margins: Float64Array, count: number, maxOldDrop: number, noise = 0): number {
  const allowed = allowedLosses(count, maxOldDrop)
  const descending = margins.slice().sort().reverse()
  const firstKept = descending[allowed]
  if (firstKept === undefined) return Infinity
  // Ties go to the old class: one float32 step beyond equality.
  const most = -firstKept - 1e-5 * Math.max(1, Math.abs(firstKept))
  const expected = (shift: number) => margins.reduce((sum, margin) => sum + noiseBelow((margin + shift) / noise), 0)
  const budget = budgetShare * (allowed + 0.5)
  if (noise === 0 || expected(most) <= budget) return most
  // Far enough down that no loss is likely.
  let low = -descending[0]! - 10 * noise
  let high = most
  while (high - low > 1e-4) {
    const middle = (low + high) / 2
    if (expected(middle) <= budget) low = middle
    else high = middle
  }
  return low
}

/** The number of `count` held-out old images that may be lost under the limit. */
export function allowedLosses(count: number, maxOldDrop: number): number {
  const wholeImages = (images: number) => Math.floor(images + 1e-9)
  return Math.max(0, wholeImages(maxOldDrop * (count + 1) - 1), Math.min(1, wholeImages(maxOldDrop * count)))
}

/**
 * Distribution function of the noise: a logistic curve, within 0.01 of the normal one (slope 1.702: Bowling et al.,
 * 2009).
 */
function noiseBelow(x: number): number {
  return 1 / (1 + Math.exp(-1.702 * x))
}
