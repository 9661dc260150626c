import { logAddExp, logSumExp } from '../math/softmax.js'
import type { TrainingRows } from './training-rows.js'

/** A scale and a shift of the margins z − E_o, and the loss with them. */
interface Scaling {
  readonly scale: number
  readonly shift: number
  readonly loss: number
}

/**
 * The scale and shift of the margins z − E_o with the least loss: what the quality of a head is judged with, regardless
 * of its confidence. Heads of different ρ differ mainly in confidence, which calibration sets in the end.
 */
function bestScaling(set: TrainingRows, scores: Float32Array, rowWeight: Float32Array): Scaling {
  let best: Scaling = { scale: 1, shift: 0, loss: Infinity }
  for (let scale = 0.4; scale < 1.25; scale += 0.1) {
    const margins = scaledMargins(set, scores, scale)
    for (let shift = -2; shift <= 2; shift += 0.25) {
      const loss = rowLosses(set, margins, shift).reduce((sum, one, row) => sum + rowWeight[row]! * one, 0)
      if (loss < best.loss) best = { scale, shift, loss }
    }
  }
  return best
}

/** The least loss over scales and shifts. */
export function bestScaledLoss(set: TrainingRows, scores: Float32Array, rowWeight: Float32Array): number {
  return bestScaling(set, scores, rowWeight).loss
}

/** [count] the loss of every row, with a scale and a shift. */
function scaledLosses(
  set: TrainingRows,
  scores: Float32Array,
  { scale, shift }: Pick<Scaling, 'scale' | 'shift'>,
): Float64Array {
  return rowLosses(set, scaledMargins(set, scores, scale), shift)
}

/** [count] what every row adds to the least loss over scales and shifts. */
export function bestLosses(set: TrainingRows, scores: Float32Array, rowWeight: Float32Array): Float64Array {
  const losses = scaledLosses(set, scores, bestScaling(set, scores, rowWeight))
  return losses.map((loss, row) => rowWeight[row]! * loss)
}

/** The loss of heads as they are. */
export function plainLoss(set: TrainingRows, scores: Float32Array, rowWeight: Float32Array): number {
  const losses = scaledLosses(set, scores, { scale: 1, shift: 0 })
  return losses.reduce((sum, one, row) => sum + rowWeight[row]! * one, 0)
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

function rowLosses(
  { oldLogSumExp, oldTarget, target }: TrainingRows,
  { all, own }: Margins,
  shift: number,
): Float64Array {
  return Float64Array.from(all, (margin, i) => {
    const right = target[i]! < 0 ? 0 : logAddExp(oldTarget[i]! - oldLogSumExp[i]!, own[i]! + shift)
    return logAddExp(0, margin + shift) - right
  })
}
