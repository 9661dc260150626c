/** Of the standard normal distribution: 95 % lies this far on either side of its mean. */
const deviations = 1.959964

/**
 * Where a share lies with a certainty of 95 %, of which a sample is known: Wilson's score interval, "Probable
 * Inference, the Law of Succession, and Statistical Inference", 1927. It holds for few trials, and for shares near 0
 * and 1.
 *
 * @param share 0..1
 * @param count number of trials, at least 1
 */
export function wilsonInterval(share: number, count: number): { readonly low: number; readonly high: number } {
  const square = deviations ** 2
  const middle = (share + square / (2 * count)) / (1 + square / count)
  const half =
    (deviations / (1 + square / count)) * Math.sqrt((share * (1 - share)) / count + square / (4 * count ** 2))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
