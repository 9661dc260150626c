import { logAddExp, logSumExp } from '../math/softmax.js'
import type { TrainingSet } from './types.js'

/** The training objective without its penalty, in float64, of given logits. */
export function weightedLoss(set: TrainingSet, scores: Float32Array, rowWeight: Float32Array): number {
  return scaledLoss(set, scores, rowWeight, 1, 0)
}

/**
 * The smallest loss that a scale and a shift of the margins z − E_o could give: what a head is worth apart from how sure of itself
 * it is. Heads of different ρ differ in that above all, and the prior decides it in the end.
 */
export function bestScaledLoss(set: TrainingSet, scores: Float32Array, rowWeight: Float32Array): number {
  let best = Infinity
  for (let scale = 0.4; scale < 1.25; scale += 0.1) {
    for (let shift = -2; shift <= 2; shift += 0.25) {
      best = Math.min(best, scaledLoss(set, scores, rowWeight, scale, shift))
    }
  }
  return best
}

function scaledLoss(
  { classes, oldScore, oldTarget, target }: TrainingSet,
  scores: Float32Array,
  rowWeight: Float32Array,
  scale: number,
  shift: number,
): number {
  const margins = new Float64Array(classes)
  let loss = 0
  for (let row = 0; row < oldScore.length; row++) {
    const old = oldScore[row]!
    for (let c = 0; c < classes; c++) margins[c] = scale * (scores[row * classes + c]! - old) + shift
    const all = logAddExp(0, logSumExp(margins))
    const label = target[row]!
    const right = label < 0 ? 0 : logAddExp(oldTarget[row]! - old, margins[label]!)
    loss += rowWeight[row]! * (all - right)
  }
  return loss
}
