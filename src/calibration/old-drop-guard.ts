/**
 * How much of what may be lost is expected to be, where margins are uncertain: other photographs lose somewhat more
 * (docs/lab-notes.md).
 */
const spent = 7 / 8

/**
 * The largest shift of all added logits under which old accuracy is expected to fall by no more than asked on images
 * that nobody has seen: of n held-out old images as many may be lost as leave (lost + 1) / (n + 1) within ε (conformal
 * risk control; Angelopoulos et al., 2022). Where n is too small for that, but ε itself allows an image, one may go: a
 * single old image that looks like a new class would otherwise silence it. That is a quantile of max z_n − max z_o with
 * its sign turned (docs/method.md, "The guard").
 *
 * Margins that are known to within some noise alone are lost with a probability. Then their expected number stays below
 * seven eighths of that as well, counted to the middle of the first image that is kept: the shift does not leap with a
 * single image over a gap between margins.
 *
 * @param margins max z_n − max z_o, without any shift, of every held-out old image that the base model gets right and
 * that may be lost
 * @param count number of held-out old images, right or wrong: what the drop is a fraction of
 * @param maxOldDrop ε, 0..1
 * @param noise standard deviation of a margin, in nats
 * @default 0
 * @returns +∞ where every one of these images may be lost
 */
export function largestShift(margins: Float64Array, count: number, maxOldDrop: number, noise = 0): number {
  const allowed = allowedLosses(count, maxOldDrop)
  const descending = margins.slice().sort().reverse()
  const firstKept = descending[allowed]
  if (firstKept === undefined) return Infinity
  // The tie goes to the old class: one float32 step beyond equality.
  const most = -firstKept - 1e-5 * Math.max(1, Math.abs(firstKept))
  const expected = (shift: number) => margins.reduce((sum, margin) => sum + noiseBelow((margin + shift) / noise), 0)
  const budget = spent * (allowed + 0.5)
  if (noise === 0 || expected(most) <= budget) return most
  // None is likely to be lost so far down.
  let low = -descending[0]! - 10 * noise
  let high = most
  while (high - low > 1e-4) {
    const middle = (low + high) / 2
    if (expected(middle) <= budget) low = middle
    else high = middle
  }
  return low
}

/** How many of `count` held-out old images may be lost under the limit. */
export function allowedLosses(count: number, maxOldDrop: number): number {
  const whole = (images: number) => Math.floor(images + 1e-9)
  return Math.max(0, whole(maxOldDrop * (count + 1) - 1), Math.min(1, whole(maxOldDrop * count)))
}

/**
 * Distribution function of the noise: a logistic curve, within .01 of the normal one (slope 1.702: Bowling et al.,
 * 2009).
 */
function noiseBelow(x: number): number {
  return 1 / (1 + Math.exp(-1.702 * x))
}
