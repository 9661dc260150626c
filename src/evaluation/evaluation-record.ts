import type { Label } from '../bundle/manifest.js'
import { predictionsOf, type Prediction } from '../classifier/prediction.js'
import { argMax, topK } from '../math/softmax.js'
import { errorOf, type ErrorKind } from './error-kind.js'

/** A classifier's answer to one image of known class. Classes are its N + k columns. */
export interface EvaluationRecord {
  readonly file: string
  /** The class that the image shows; a merged class counts as old. */
  readonly truth: Label
  /** The five classes with the largest logits, the largest first; ties go to the lower column. */
  readonly answers: readonly Prediction[]
  /** The base model's own answer: the best of the N old classes. */
  readonly baseAnswer: Label
  /** The best of the k added classes; `null` without added classes. */
  readonly addedAnswer: Label | null
  /** Kind of error of the first answer; `null` if it is right. */
  readonly error: ErrorKind | null
}

/** A classifier's columns: all labels, the first `baseCount` of which are old classes. */
export interface ClassColumns {
  readonly labels: readonly Label[]
  readonly baseCount: number
}

/** Number of answers in a record. */
const answerCount = 5

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
  const best = topK(logits, answerCount)
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
