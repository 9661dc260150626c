import type { Standardisation } from '../../head/standardise.js'

/** Mean and spread of the features that a model was trained on, and how far these lie from their own mean. */
export interface TrainingSpread extends Pick<Standardisation, 'mean' | 'inverseDeviation'> {
  /** Mean of `featureDistance` over the training images. */
  readonly meanDistance: number
}

/**
 * How far an image's features lie from those of training: the square root of the mean, over the features that vary, of
 * ((x − μ) / σ)². It is the distance of Mahalanobis with a diagonal covariance, in units of a feature's deviation.
 *
 * @param features [dim]
 */
export function featureDistance(
  features: Float32Array,
  { mean, inverseDeviation }: Pick<Standardisation, 'mean' | 'inverseDeviation'>,
): number {
  let sum = 0
  let varying = 0
  for (let d = 0; d < features.length; d++) {
    const scale = inverseDeviation[d]!
    if (scale === 0) continue
    varying++
    sum += ((features[d]! - mean[d]!) * scale) ** 2
  }
  return varying === 0 ? 0 : Math.sqrt(sum / varying)
}
