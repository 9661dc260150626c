import type { Label } from '../bundle/manifest.js'

/** One class of an answer. */
export interface Prediction {
  readonly index: number
  readonly label: string
  /** 0..1 */
  readonly probability: number
  /** `base` for an old class. */
  readonly increment: string
  /** Whether the probability is below the class's threshold; only with thresholds, and for a class that has one. */
  readonly unsure?: boolean
}

/**
 * Turns probabilities into predictions for some columns.
 *
 * @param columns the wanted classes, in order
 * @param probabilities by column
 * @param thresholds by column
 */
export function predictionsOf(
  columns: readonly number[],
  probabilities: Readonly<Record<number, number>>,
  labels: readonly Label[],
  thresholds?: ReadonlyMap<number, number>,
): Prediction[] {
  return columns.map((index) => {
    const { label, increment } = labels[index]!
    const probability = probabilities[index]!
    const threshold = thresholds?.get(index)
    return {
      index,
      label,
      probability,
      increment,
      ...(threshold === undefined ? {} : { unsure: probability < threshold }),
    }
  })
}
