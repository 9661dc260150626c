import { power } from './power.js'

/** Errors that were measured at several sizes. */
export interface MeasuredErrors {
  /** [m] sizes, above 0, ascending */
  readonly sizes: readonly number[]
  /** [m] error at each size, 0..1 */
  readonly errors: readonly number[]
  /** Row-major [m × m] covariance of the errors, positive definite. */
  readonly covariance: Float64Array
}

/** A law's value at a size: mean and variance over the laws that the measurements leave possible. */
export interface LawValue {
  readonly mean: number
  readonly variance: number
}

/** Exponents that are tried, and their prior: a median of 0.5, a factor of 2 either way as one standard deviation. */
const exponents = Array.from({ length: 80 }, (_, i) => 0.05 * power(1.05, i))
const exponentMedian = 0.5
const exponentSpread = Math.log(2)
/** Limits that are tried, as shares of the least error, and their prior (1 − share)^4: most curves still fall on. */
const limits = Array.from({ length: 40 }, (_, i) => i / 40)
const limitPower = 4

/**
 * Fits error = a + b·n^(−c) to errors at several sizes n (Hestness et al., "Deep Learning Scaling is Predictable,
 * Empirically", 2017; one of the curves that extrapolate well in Viering and Loog, "The Shape of Learning Curves: a
 * Review", 2022). Four or five sizes do not determine three parameters, so the fit is a mean over all a and c of a
 * grid, by how well they fit (b by generalised least squares) and by wide priors of both.
 *
 * @returns the law's value at any size
 */
export function fitPowerLaw({ sizes, errors, covariance }: MeasuredErrors): (size: number) => LawValue {
  const m = sizes.length
  const precision = inverse(covariance, m)
  const largest = sizes[m - 1]!
  const least = Math.min(...errors)
  const fits = exponents.flatMap((exponent) => {
    const shape = sizes.map((size) => power(size / largest, -exponent))
    const ofExponent = ((Math.log(exponent) - Math.log(exponentMedian)) / exponentSpread) ** 2
    const weightedShape = product(precision, shape)
    const information = dot(shape, weightedShape)
    return limits.map((share) => {
      const limit = share * least
      const prior = ofExponent - 2 * limitPower * Math.log(1 - share)
      const above = errors.map((error) => error - limit)
      const scale = dot(above, weightedShape) / information
      const residual = above.map((value, i) => value - scale * shape[i]!)
      const misfit = dot(residual, product(precision, residual))
      return { exponent, limit, scale, variance: 1 / information, cost: (misfit + prior + Math.log(information)) / 2 }
    })
  })
  const lowest = Math.min(...fits.map(({ cost }) => cost))
  const likely = fits
    .map((fit) => ({ ...fit, weight: Math.exp(lowest - fit.cost) }))
    .filter(({ weight }) => weight > 1e-9)
  const total = likely.reduce((sum, { weight }) => sum + weight, 0)
  return (size) => {
    const values = likely.map(({ exponent, limit, scale, variance, weight }) => {
      const shape = power(size / largest, -exponent)
      return { value: limit + scale * shape, variance: variance * shape ** 2, share: weight / total }
    })
    const mean = values.reduce((sum, { value, share }) => sum + share * value, 0)
    const variance = values.reduce((sum, one) => sum + one.share * (one.variance + (one.value - mean) ** 2), 0)
    return { mean, variance }
  }
}

/** Inverse of a small positive definite matrix, by Gauss-Jordan elimination. */
function inverse(matrix: Float64Array, m: number): Float64Array {
  const left = matrix.slice()
  const right = new Float64Array(m * m)
  for (let i = 0; i < m; i++) right[i * m + i] = 1
  for (let pivot = 0; pivot < m; pivot++) {
    const by = left[pivot * m + pivot]!
    for (let c = 0; c < m; c++) {
      left[pivot * m + c]! /= by
      right[pivot * m + c]! /= by
    }
    for (let r = 0; r < m; r++) {
      if (r === pivot) continue
      const factor = left[r * m + pivot]!
      for (let c = 0; c < m; c++) {
        left[r * m + c]! -= factor * left[pivot * m + c]!
        right[r * m + c]! -= factor * right[pivot * m + c]!
      }
    }
  }
  return right
}

function product(matrix: Float64Array, vector: readonly number[]): number[] {
  const m = vector.length
  return vector.map((_, r) => dot(matrix.subarray(r * m, (r + 1) * m), vector))
}

function dot(a: ArrayLike<number>, b: readonly number[]): number {
  return b.reduce((sum, value, i) => sum + value * a[i]!, 0)
}
