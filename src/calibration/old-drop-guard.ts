/**
 * The largest shift of all added logits under which old accuracy is expected to fall by no more than asked on images that nobody has
 * seen: of n held-out old images as many may be lost as leave (lost + 1) / (n + 1) within ε (conformal risk control; Angelopoulos et al.,
 * 2022). Where n is too small for that, but ε itself allows an image, one may go: a single old image that looks like a new class would
 * otherwise silence it. That is a quantile of max z_n − max z_o with its sign turned (docs/method.md, "The guard").
 *
 * @param margins max z_n − max z_o, without any shift, of every held-out old image that the base model gets right and that may be lost
 * @param count number of held-out old images, right or wrong: what the drop is a fraction of
 * @param maxOldDrop ε, 0..1
 * @returns +∞ where every one of these images may be lost
 */
export function largestShift(margins: Float64Array, count: number, maxOldDrop: number): number {
  const firstKept = margins.slice().sort().reverse()[allowedLosses(count, maxOldDrop)]
  // The tie goes to the old class: one float32 step beyond equality.
  return firstKept === undefined ? Infinity : -firstKept - 1e-5 * Math.max(1, Math.abs(firstKept))
}

/** How many of `count` held-out old images may be lost under the limit. */
export function allowedLosses(count: number, maxOldDrop: number): number {
  const whole = (images: number) => Math.floor(images + 1e-9)
  return Math.max(0, whole(maxOldDrop * (count + 1) - 1), Math.min(1, whole(maxOldDrop * count)))
}
