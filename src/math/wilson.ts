/** 95 % of the standard normal distribution lies within this distance of its mean. */
const z = 1.959964

/**
 * The 95 % confidence interval of a proportion estimated from a sample: Wilson's score interval, "Probable Inference,
 * the Law of Succession, and Statistical Inference", 1927. It holds for few trials, and for proportions near 0 and 1.
 *
 * @param share the sample's proportion, 0..1
 * @param count number of trials, at least 1
 */
export function wilsonInterval(share: number, count: number): { readonly low: number; readonly high: number } {
  const square = z ** 2
  const middle = (share + square / (2 * count)) / (1 + square / count)
  const half = (z / (1 + square / count)) * Math.sqrt((share * (1 - share)) / count + square / (4 * count ** 2))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
