import type { Label } from '../bundle/manifest.js'

/** One class of an answer. */
export interface Prediction {
  readonly index: number
  readonly label: string
  /** 0..1 */
  readonly probability: number
  /** `base` for an old class. */
  readonly increment: string
}

/**
 * Turns probabilities into predictions for some columns.
 *
 * @param columns the wanted classes, in order
 * @param probabilities [N + k]
 */
export function predictionsOf(
  columns: readonly number[],
  probabilities: Float32Array,
  labels: readonly Label[],
): Prediction[] {
  return columns.map((index) => {
    const { label, increment } = labels[index]!
    return { index, label, probability: probabilities[index]!, increment }
  })
}
