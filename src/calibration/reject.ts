import { logAddExp, logSumExp } from '../math/softmax.js'
import { bestLogit, type HeldOutAnswers } from './decide.js'

/** Points of the quantile function that a bundle keeps. */
const points = 200

/**
 * How sure the classifier is of its answer: the largest probability (Hendrycks and Gimpel, "A Baseline for Detecting
 * Misclassified and Out-of-Distribution Examples", 2017). Its quantiles over held-out images of known classes, at 0,
 * 1/200 … 1, turn a false-reject rate into a threshold.
 *
 * @param shifts [k] added to the added logits, by column
 */
export function confidenceQuantiles(answers: HeldOutAnswers, shifts: Float64Array): number[] {
  const { rows, logits } = answers
  const k = rows.classes
  const confidences = Float64Array.from(rows.oldLogSumExp, (old, row) => {
    const added = shifts.map((shift, column) => logits[row * k + column]! + shift)
    return Math.exp(bestLogit(answers, row, shifts) - logAddExp(old, logSumExp(added)))
  }).sort()
  return Array.from(
    { length: points + 1 },
    (_, i) => Math.round(confidences[Math.round((i / points) * (confidences.length - 1))]! * 1e6) / 1e6,
  )
}

/**
 * The probability below which an image is rejected.
 *
 * @param quantiles as `confidenceQuantiles` gives them
 * @param falseRejectRate the share of images of known classes that may be rejected, 0..1
 */
export function rejectThreshold(quantiles: readonly number[], falseRejectRate: number): number {
  const place = falseRejectRate * (quantiles.length - 1)
  const below = Math.floor(place)
  const low = quantiles[below]!
  const high = quantiles[Math.min(below + 1, quantiles.length - 1)]!
  return low + (place - below) * (high - low)
}
