import { logAddExp, logSumExp } from '../math/softmax.js'
import type { TrainingRows } from './training-rows.js'

/**
 * Least loss over scales and shifts of the margins z − E_o: the quality of a head regardless of its confidence. Heads
 * of different ρ differ mainly in confidence, which calibration sets in the end.
 */
export function bestScaledLoss(set: TrainingRows, scores: Float32Array, rowWeight: Float32Array): number {
  let best = Infinity
  for (let scale = 0.4; scale < 1.25; scale += 0.1) {
    const margins = scaledMargins(set, scores, scale)
    for (let shift = -2; shift <= 2; shift += 0.25) {
      best = Math.min(best, shiftedLoss(set, margins, rowWeight, shift))
    }
  }
  return best
}

/** The loss of heads as they are. */
export function plainLoss(set: TrainingRows, scores: Float32Array, rowWeight: Float32Array): number {
  return shiftedLoss(set, scaledMargins(set, scores, 1), rowWeight, 0)
}

/** What the loss needs of the scaled margins s·(z − E_o) of every row. */
interface Margins {
  /** [count] logsumexp over the columns; a shift simply adds to it, so it is computed once for all shifts. */
  readonly all: Float64Array
  /** [count] margin of the row's own class; 0 for an old image. */
  readonly own: Float64Array
}

function scaledMargins({ classes, oldLogSumExp, target }: TrainingRows, scores: Float32Array, scale: number): Margins {
  const row = new Float64Array(classes)
  const all = new Float64Array(oldLogSumExp.length)
  const own = new Float64Array(oldLogSumExp.length)
  for (let i = 0; i < oldLogSumExp.length; i++) {
    for (let c = 0; c < classes; c++) row[c] = scale * (scores[i * classes + c]! - oldLogSumExp[i]!)
    all[i] = logSumExp(row)
    if (target[i]! >= 0) own[i] = row[target[i]!]!
  }
  return { all, own }
}

function shiftedLoss(
  { oldLogSumExp, oldTarget, target }: TrainingRows,
  { all, own }: Margins,
  rowWeight: Float32Array,
  shift: number,
): number {
  let loss = 0
  for (let i = 0; i < oldLogSumExp.length; i++) {
    const right = target[i]! < 0 ? 0 : logAddExp(oldTarget[i]! - oldLogSumExp[i]!, own[i]! + shift)
    loss += rowWeight[i]! * (logAddExp(0, all[i]! + shift) - right)
  }
  return loss
}
