/**
 * How likely two classifiers that are equally good differ by chance as much as seen or more: the exact two-sided
 * form of McNemar's test ("Note on the sampling error of the difference between correlated proportions or
 * percentages", 1947), a sign test on the images that one of them has right and the other wrong.
 *
 * @param better images that only the second classifier has right
 * @param worse images that only the first one has right
 * @returns 0..1
 */
export function mcnemarTest(better: number, worse: number): number {
  const all = better + worse
  const fewer = Math.min(better, worse)
  // log of C(all, k) / 2^all, from k = 0 on; by logarithms, since 2^all may be too large for a number.
  let logTerm = -all * Math.LN2
  let sum = Math.exp(logTerm)
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log((all - k + 1) / k)
    sum += Math.exp(logTerm)
  }
  return Math.min(1, 2 * sum)
}
