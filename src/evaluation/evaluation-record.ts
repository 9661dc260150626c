import type { Label } from '../bundle/manifest.js'
import { predictionsOf, type Prediction } from '../classifier/prediction.js'
import { argMax, topK } from '../math/softmax.js'
import { errorOf, type ErrorKind } from './error-kind.js'

/** What a classifier says of one image whose class is known. Classes are those of its N + k columns. */
export interface EvaluationRecord {
  readonly file: string
  /** The class that it shows; a merged class counts as old. */
  readonly truth: Label
  /** The five best answers by their logits, the best first; of equal ones the first column. */
  readonly answers: readonly Prediction[]
  /** The base model's own answer: the best of the N old classes. */
  readonly baseAnswer: Label
  /** The best of the k added classes alone; `null` where there are none. */
  readonly addedAnswer: Label | null
  /** How the first answer is wrong; `null` where it is right. */
  readonly error: ErrorKind | null
}

/** A classifier's columns: every label, of which the first `baseCount` are old classes. */
export interface ClassColumns {
  readonly labels: readonly Label[]
  readonly baseCount: number
}

/** Answers that a record keeps. */
const kept = 5

/**
 * @param truth column of the class that the image shows
 * @param scores [N + k] logits and probabilities
 */
export function evaluationRecord(
  file: string,
  truth: number,
  { logits, probabilities }: { readonly logits: Float32Array; readonly probabilities: Float32Array },
  { labels, baseCount }: ClassColumns,
): EvaluationRecord {
  const best = topK(logits, kept)
  const added = logits.length - baseCount
  return {
    file,
    truth: labels[truth]!,
    answers: predictionsOf(best, probabilities, labels),
    baseAnswer: labels[argMax(logits, 0, baseCount)]!,
    addedAnswer: added === 0 ? null : labels[baseCount + argMax(logits, baseCount, added)]!,
    error: errorOf(truth, best[0]!, (column) => column >= baseCount),
  }
}
