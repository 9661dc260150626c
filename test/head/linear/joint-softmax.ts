import type { TrainingRows } from '../../../src/head/training-rows.js'

export interface Objective {
  readonly loss: number
  /** Row-major [k × dim]. */
  readonly weight: number[]
  /** [k] */
  readonly bias: number[]
}

/** Parameters of some columns, beside the features that they read. */
export interface PlainGroup {
  /** Features, row by row. */
  readonly rows: readonly (readonly number[])[]
  /** Row-major [columns × dim]. */
  readonly weight: ArrayLike<number>
  /** [columns] */
  readonly bias: ArrayLike<number>
}

/**
 * The joint softmax of docs/method.md spelt out in float64, a probability at a time: p(right) is the right new class's
 * and the right old one's together, and the loss is −log of it.
 *
 * @param rows features, row by row
 */
export function jointSoftmax(
  set: TrainingRows,
  rows: readonly (readonly number[])[],
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  rowWeight: ArrayLike<number>,
): Objective {
  const { loss, groups } = jointSoftmaxOfGroups(set, [{ rows, weight, bias }], rowWeight)
  return { loss, ...groups[0]! }
}

/** The same of columns that read different features: those of all groups, side by side. */
export function jointSoftmaxOfGroups(
  { classes: k, oldLogSumExp, oldTarget, target }: TrainingRows,
  groups: readonly PlainGroup[],
  rowWeight: ArrayLike<number>,
): Pick<Objective, 'loss'> & { readonly groups: readonly Omit<Objective, 'loss'>[] } {
  const columns = groups.flatMap(({ bias }, g) => Array.from(bias, (_, place) => ({ g, place })))
  const zeros = (of: ArrayLike<number>) => new Array<number>(of.length).fill(0)
  const result = { loss: 0, groups: groups.map(({ weight, bias }) => ({ weight: zeros(weight), bias: zeros(bias) })) }
  oldLogSumExp.forEach((_, row) => {
    const z = columns.map(({ g, place }) => {
      const { rows, weight, bias } = groups[g]!
      const features = rows[row]!
      return features.reduce((sum, f, d) => sum + f * weight[place * features.length + d]!, bias[place]!)
    })
    const total = Math.exp(oldLogSumExp[row]!) + z.reduce((sum, score) => sum + Math.exp(score), 0)
    const label = target[row]!
    const right = Math.exp(oldTarget[row]!) + (label < 0 ? 0 : Math.exp(z[label]!))
    result.loss -= rowWeight[row]! * Math.log(right / total)
    for (let c = 0; c < k; c++) {
      const gradient = rowWeight[row]! * Math.exp(z[c]!) * (1 / total - (c === label ? 1 / right : 0))
      const { g, place } = columns[c]!
      const features = groups[g]!.rows[row]!
      result.groups[g]!.bias[place]! += gradient
      features.forEach((f, d) => (result.groups[g]!.weight[place * features.length + d]! += gradient * f))
    }
  })
  return result
}
