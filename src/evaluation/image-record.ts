import { argMax } from '../math/softmax.js'

/** What a classifier says of one image whose class is known. Classes are columns of its N + k. */
export interface ImageRecord {
  readonly file: string
  /** The class that it shows. */
  readonly truth: number
  readonly answer: number
  /** That of the answer, 0..1. */
  readonly probability: number
  /** The place of the right class among all, by their scores; 0 for the best. */
  readonly rank: number
  /** The best of the N old classes. */
  readonly bestOld: number
  /** The best of the k added classes; `undefined` where there are none. */
  readonly bestAdded: number | undefined
}

/**
 * @param scores [N + k] logits and probabilities
 * @param old N
 */
export function recordOf(
  file: string,
  truth: number,
  { logits, probabilities }: { readonly logits: Float32Array; readonly probabilities: Float32Array },
  old: number,
): ImageRecord {
  const answer = argMax(logits)
  const own = logits[truth]!
  // Of equal scores the first counts, as everywhere.
  const rank = logits.reduce((ahead, score, i) => ahead + (score > own || (score === own && i < truth) ? 1 : 0), 0)
  const added = logits.length - old
  return {
    file,
    truth,
    answer,
    probability: probabilities[answer]!,
    rank,
    bestOld: argMax(logits, 0, old),
    bestAdded: added === 0 ? undefined : old + argMax(logits, old, added),
  }
}
