/**
 * Growth by call, in the last half of the samples: the smaller one of the slopes of its two halves, by least squares.
 * What leaks grows in both; memory that an allocator takes once for good, in one of them.
 *
 * @param samples taken at even steps
 * @param step calls between two samples
 */
export function growthOf(samples: readonly number[], step: number): number {
  const quarter = Math.max(1, Math.floor(samples.length / 4))
  const last = samples.slice(-quarter)
  const before = samples.slice(-2 * quarter, -quarter)
  return Math.min(slopeOf(before), slopeOf(last)) / step
}

function slopeOf(values: readonly number[]): number {
  const centre = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let product = 0
  let square = 0
  values.forEach((value, i) => {
    product += (i - centre) * (value - mean)
    square += (i - centre) ** 2
  })
  return square === 0 ? 0 : product / square
}
