import { logAddExp, logSumExp } from '../math/softmax.js'
import type { HeldOutAnswers } from './decide.js'

/** Points of the quantile function that a bundle keeps. */
const points = 200

/**
 * How sure the classifier is that an image shows one of its classes: the energy score, logsumexp over all logits (Liu et al.,
 * "Energy-based Out-of-distribution Detection", 2020). Its quantiles over held-out images of known classes, at
 * 0, 1/200 … 1, turn a false-reject rate into a threshold.
 *
 * @param shift added to every added logit
 */
export function energyQuantiles({ set, scores }: HeldOutAnswers, shift: number): number[] {
  const k = set.classes
  const energies = Float64Array.from(set.oldScore, (old, row) =>
    logAddExp(old, logSumExp(scores, row * k, k) + shift),
  ).sort()
  return Array.from(
    { length: points + 1 },
    (_, i) => Math.round(energies[Math.round((i / points) * (energies.length - 1))]! * 1e4) / 1e4,
  )
}

/**
 * The energy below which an image is rejected.
 *
 * @param quantiles as `energyQuantiles` gives them
 * @param falseRejectRate the share of images of known classes that may be rejected, 0..1
 */
export function rejectThreshold(quantiles: readonly number[], falseRejectRate: number): number {
  const place = falseRejectRate * (quantiles.length - 1)
  const below = Math.floor(place)
  const low = quantiles[below]!
  const high = quantiles[Math.min(below + 1, quantiles.length - 1)]!
  return low + (place - below) * (high - low)
}
