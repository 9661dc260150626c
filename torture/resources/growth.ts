/**
 * Growth by call over the last half of the samples: the slope of the line of least squares.
 *
 * @param samples taken at even steps
 * @param step calls between two samples
 */
export function growthOf(samples: readonly number[], step: number): number {
  const half = samples.slice(Math.floor(samples.length / 2))
  const centre = (half.length - 1) / 2
  const mean = half.reduce((sum, value) => sum + value, 0) / half.length
  let product = 0
  let square = 0
  half.forEach((value, i) => {
    product += (i - centre) * (value - mean)
    square += (i - centre) ** 2
  })
  return square === 0 ? 0 : product / square / step
}
