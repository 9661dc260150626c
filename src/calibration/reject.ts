import type { ImageRecord } from '../evaluation/evaluation-record.js'

/** Intervals of the stored quantile function. */
const intervals = 200

/**
 * Quantiles of the classifier's confidence over held-out images of known classes, at 0, 1/200 … 1. The confidence is
 * the largest probability (Hendrycks and Gimpel, "A Baseline for Detecting Misclassified and Out-of-Distribution
 * Examples", 2017). A false-reject rate becomes a threshold through them.
 */
export function confidenceQuantiles(records: readonly ImageRecord[]): number[] {
  const confidences = Float64Array.from(records, ({ answers }) => answers[0]!.probability).sort()
  return Array.from(
    { length: intervals + 1 },
    (_, i) => Math.round(confidences[Math.round((i / intervals) * (confidences.length - 1))]! * 1e6) / 1e6,
  )
}

/**
 * The probability below which an image is rejected.
 *
 * @param quantiles the result of `confidenceQuantiles`
 * @param falseRejectRate the share of images of known classes that may be rejected, 0..1
 */
export function rejectThreshold(quantiles: readonly number[], falseRejectRate: number): number {
  const position = falseRejectRate * (quantiles.length - 1)
  const below = Math.floor(position)
  const low = quantiles[below]!
  const high = quantiles[Math.min(below + 1, quantiles.length - 1)]!
  return low + (position - below) * (high - low)
}
