import type { TrainingRows } from './types.js'

/** Some rows of a training set, without their features. */
export function pickRows(
  { classes, oldScore, oldTarget, target, image }: TrainingRows,
  rows: readonly number[],
): TrainingRows {
  return {
    classes,
    oldScore: Float32Array.from(rows, (row) => oldScore[row]!),
    oldTarget: Float32Array.from(rows, (row) => oldTarget[row]!),
    target: Int32Array.from(rows, (row) => target[row]!),
    image: Int32Array.from(rows, (row) => image[row]!),
  }
}
