/**
 * The largest shift of all added logits under which old accuracy is expected to fall by no more than asked on images that nobody has
 * seen: of n held-out old images as many may be lost as leave (lost + 1) / (n + 1) within ε (conformal risk control; Angelopoulos et al.,
 * 2022), none where n is too small for that. That is a quantile of max z_n − max z_o with its sign turned (docs/method.md, "The guard").
 *
 * @param margins max z_n − max z_o, without any shift, of every held-out old image that the base model gets right and that may be lost
 * @param count number of held-out old images, right or wrong: what the drop is a fraction of
 * @param maxOldDrop ε, 0..1
 * @returns +∞ where every one of these images may be lost
 */
export function largestShift(margins: Float64Array, count: number, maxOldDrop: number): number {
  const allowed = Math.max(0, Math.floor(maxOldDrop * (count + 1) - 1 + 1e-9))
  const firstKept = margins.slice().sort().reverse()[allowed]
  // The tie goes to the old class: one float32 step beyond equality.
  return firstKept === undefined ? Infinity : -firstKept - 1e-5 * Math.max(1, Math.abs(firstKept))
}
