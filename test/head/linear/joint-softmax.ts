import type { TrainingSet } from '../../../src/head/training-set.js'

export interface Objective {
  readonly loss: number
  /** Row-major [k × dim]. */
  readonly weight: number[]
  /** [k] */
  readonly bias: number[]
}

/**
 * The joint softmax of docs/method.md spelt out in float64, a probability at a time: p(right) is the right new class's
 * and the right old one's together, and the loss is −log of it.
 *
 * @param rows features, row by row
 */
export function jointSoftmax(
  { classes: k, oldLogSumExp, oldTarget, target }: TrainingSet,
  rows: readonly (readonly number[])[],
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  rowWeight: ArrayLike<number>,
): Objective {
  const dim = rows[0]!.length
  const result = { loss: 0, weight: new Array<number>(dim * k).fill(0), bias: new Array<number>(k).fill(0) }
  rows.forEach((features, row) => {
    const z = Array.from({ length: k }, (_, c) =>
      features.reduce((sum, f, d) => sum + f * weight[c * dim + d]!, bias[c]!),
    )
    const total = Math.exp(oldLogSumExp[row]!) + z.reduce((sum, score) => sum + Math.exp(score), 0)
    const label = target[row]!
    const right = Math.exp(oldTarget[row]!) + (label < 0 ? 0 : Math.exp(z[label]!))
    result.loss -= rowWeight[row]! * Math.log(right / total)
    for (let c = 0; c < k; c++) {
      const gradient = rowWeight[row]! * Math.exp(z[c]!) * (1 / total - (c === label ? 1 / right : 0))
      result.bias[c]! += gradient
      features.forEach((f, d) => (result.weight[c * dim + d]! += gradient * f))
    }
  })
  return result
}
