/**
 * The largest shift of all added logits under which old accuracy falls by no more than asked: the 1 − ε quantile of
 * max z_n − max z_o over held-out old images, with its sign turned (docs/method.md, "The guard").
 *
 * @param margins max z_n − max z_o, without any shift, of every held-out old image that the base model gets right and that may be lost
 * @param count number of held-out old images, right or wrong: what the drop is a fraction of
 * @param maxOldDrop ε, 0..1
 * @returns +∞ where every one of these images may be lost
 */
export function largestShift(margins: Float64Array, count: number, maxOldDrop: number): number {
  const allowed = Math.floor(maxOldDrop * count + 1e-9)
  const firstKept = margins.slice().sort().reverse()[allowed]
  // The tie goes to the old class: one float32 step beyond equality.
  return firstKept === undefined ? Infinity : -firstKept - 1e-5 * Math.max(1, Math.abs(firstKept))
}
