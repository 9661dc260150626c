import { topK } from '../math/softmax.js'

/** A classifier's scores of one image, each [N + k]. */
export interface ColumnScores {
  readonly logits: Float32Array
  readonly probabilities: Float32Array
}

/**
 * The most probable columns, the best first. Equal probabilities, as of columns whose probabilities are too small for a
 * float, go by their logits, and equal logits by column.
 */
export function bestColumns({ logits, probabilities }: ColumnScores, count: number): number[] {
  const least = probabilities[topK(probabilities, count).at(-1)!]!
  return [...probabilities.keys()]
    .filter((column) => probabilities[column]! >= least)
    .sort((a, b) => probabilities[b]! - probabilities[a]! || logits[b]! - logits[a]! || a - b)
    .slice(0, count)
}
