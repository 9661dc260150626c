import { mean } from '../evaluation/metrics.js'
import { fitPowerLaw } from '../math/power-law.js'
import { estimateOf, type Estimate } from './estimate.js'
import type { SubsetAnswers } from './subset-answers.js'

/** The accuracy on new images of the new classes, among all N + k classes, after training on so many images. */
export interface LearningCurvePoint extends Estimate {
  /** Images a class, the mean over the classes. */
  readonly images: number
  /** Whether the point is extrapolated, and not measured. */
  readonly forecast: boolean
}

/** Accuracy by number of training images, from held-out images. */
export interface LearningCurve {
  /** Ascending; the measured ones, then forecasts for all images and for twice as many. */
  readonly points: readonly LearningCurvePoint[]
  /**
   * The accuracy that a test set would show after training on all images: the curve's forecast for them, with the
   * uncertainty of as many test images as `testImages` says.
   */
  readonly expected: Estimate
  /** The number of test images that `expected` is an interval for. */
  readonly testImages: number
  /** How much twice as many images would bring: the difference of the two forecasts, a fraction. */
  readonly gain: number
}

/** Least standard deviation of a measured point: what lies between the law and any real curve. */
const lawNoise = 0.003

/**
 * The curve of held-out answers, and the power law through it. Points of several sizes are answers to the same images,
 * so their errors are correlated: an image that is easy is so at every size.
 *
 * @param all number of images to be trained on, of `classes` classes
 */
export function curveFrom(
  { count, images, right }: SubsetAnswers,
  { classes, all, testImages }: { readonly classes: number; readonly all: number; readonly testImages: number },
): LearningCurve {
  const draws = right.length
  const sizes = images.map((number) => number / classes)
  // [sizes][count] how often an image is answered wrongly, 0..1.
  const wrong = sizes.map((_, s) =>
    Float64Array.from({ length: count }, (_, i) => 1 - mean(right.map((ofDraw) => ofDraw[s]![i]!))),
  )
  const errors = wrong.map(mean)
  const covariance = covarianceOf(wrong, errors, count)
  const drawn = drawVariance(right) / draws
  const m = sizes.length
  for (let s = 0; s < m; s++) covariance[s * m + s]! += drawn + lawNoise ** 2 + 1 / (count + 4) ** 2

  const law = fitPowerLaw({ sizes, errors, covariance })
  const forecast = (size: number): LearningCurvePoint => {
    const { mean: error, variance } = law(size)
    return { images: size, ...estimateOf(1 - error, variance), forecast: true }
  }
  const now = law(all / classes)
  const points = [all / classes, (2 * all) / classes].map(forecast)
  const top1 = points[0]!.top1
  return {
    points: [
      ...sizes.map((size, s) => ({
        images: size,
        ...estimateOf(1 - errors[s]!, covariance[s * m + s]!),
        forecast: false,
      })),
      ...points,
    ],
    expected: estimateOf(top1, now.variance + Math.max(top1 * (1 - top1), 1e-4) / testImages),
    testImages,
    gain: points[1]!.top1 - top1,
  }
}

/** Row-major covariance of the means over `count` images, shrunk towards independence of what does not vary. */
function covarianceOf(wrong: readonly Float64Array[], errors: readonly number[], count: number): Float64Array {
  const m = wrong.length
  const covariance = new Float64Array(m * m)
  for (let s = 0; s < m; s++) {
    for (let t = 0; t < m; t++) {
      let sum = 0
      for (let i = 0; i < count; i++) sum += (wrong[s]![i]! - errors[s]!) * (wrong[t]![i]! - errors[t]!)
      covariance[s * m + t] = sum / count ** 2
    }
  }
  return covariance
}

/** Variance of a draw's accuracy around the mean of all draws, pooled over the sizes; 0 for a single draw. */
function drawVariance(right: SubsetAnswers['right']): number {
  if (right.length === 1) return 0
  const bySize = right[0]!.map((_, s) => {
    const accuracies = right.map((ofDraw) => mean(ofDraw[s]!))
    const usual = mean(accuracies)
    return accuracies.reduce((sum, value) => sum + (value - usual) ** 2, 0) / (right.length - 1)
  })
  return mean(bySize)
}
