import { logAddExp } from '../../src/math/softmax.js'
import { denseSource } from '../../src/head/feature-source.js'
import type { Scorer } from '../../src/head/added-head.js'
import type { MergedColumns } from '../../src/calibration/held-out-answers.js'
import type { TestSet } from './data.js'

/** What an extended classifier says of every image of a test set: joint logits, in the column order of `model.onnx`. */
export interface JointAnswers {
  readonly count: number
  /** N + number of added columns that are not merged. */
  readonly width: number
  /** Row-major [count × width]. */
  readonly logits: Float32Array
}

/** A trained method. */
export type TrainedMethod = (set: TestSet) => Promise<JointAnswers>

/** The joint column with which every added class answers: its own, or that of the old class it is merged into. */
export function jointColumns(classes: number, merged: MergedColumns, oldClasses: number): number[] {
  let next = oldClasses
  return Array.from({ length: classes }, (_, column) => merged.get(column) ?? next++)
}

/** Old logits as they are, beside those of an added head: the classifier that `mergeHeads` writes as one graph. */
export function classifierOf(head: Scorer, merged: MergedColumns): TrainedMethod {
  return async (set) => {
    const { count, layers, oldClasses } = set
    const added = await head.score(denseSource(layers, layers.length / count))
    return join(set.baseLogits, oldClasses, added, jointColumns(head.columns, merged, oldClasses))
  }
}

/** Puts old and added logits side by side; an added column that is an old one too joins it by logsumexp. */
export function join(
  old: Float32Array,
  oldClasses: number,
  added: Float32Array,
  columns: readonly number[],
): JointAnswers {
  const count = old.length / oldClasses
  const k = columns.length
  const width = Math.max(oldClasses, ...columns.map((column) => column + 1))
  const logits = new Float32Array(count * width)
  for (let row = 0; row < count; row++) {
    logits.set(old.subarray(row * oldClasses, (row + 1) * oldClasses), row * width)
    columns.forEach((column, c) => {
      const place = row * width + column
      const value = added[row * k + c]!
      logits[place] = column < oldClasses ? logAddExp(logits[place]!, value) : value
    })
  }
  return { count, width, logits }
}
