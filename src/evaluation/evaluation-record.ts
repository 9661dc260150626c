import type { Label } from '../bundle/manifest.js'
import { predictionsOf, type Prediction } from '../classifier/prediction.js'
import { bestColumns, type ColumnScores } from '../features/best-columns.js'
import { standoutOf } from '../features/standout.js'
import { argMax } from '../math/softmax.js'
import { errorOf, type ErrorKind } from './error-kind.js'

/** An answer to one image of known class. Classes are the N + k columns of the classifier. */
export interface ImageRecord {
  /** Path of the image; `null` where only its features are known, as of images from an earlier extension. */
  readonly file: string | null
  /** The class that the image shows; a merged class counts as old. */
  readonly truth: Label
  /** Probability of that class, 0..1; `null` where it is not known. */
  readonly truthProbability: number | null
  /** At most five classes, the most probable first; ties go to the larger logit, then to the lower column. */
  readonly answers: readonly Prediction[]
  /**
   * How far the largest logit stands out from the old ones, in their deviations; `null` with fewer than 20 old classes,
   * and for images that an earlier version kept. By this images of no known class are rejected.
   */
  readonly standout: number | null
  /** The base model's own answer: the best of the N old classes, before anything is merged into them. */
  readonly baseAnswer: Label
  /** The best of the k added classes; `null` without added classes. */
  readonly addedAnswer: Label | null
  /** Kind of error of the first answer; `null` if it is right. */
  readonly error: ErrorKind | null
}

/** A classifier's answer to one test image. */
export interface EvaluationRecord extends ImageRecord {
  readonly file: string
  readonly truthProbability: number
}

/** A classifier's scores of one image. */
export interface RecordedScores extends ColumnScores {
  /** [N] the base model's own. @default the first of `logits`, where nothing is merged into old classes */
  readonly baseLogits?: Float32Array | undefined
}

/** A classifier's columns: all labels, the first `baseCount` of which are old classes. */
export interface ClassColumns {
  readonly labels: readonly Label[]
  readonly baseCount: number
}

/** Largest number of answers in a record. */
export const answerCount = 5

/** @param truth column of the class that the image shows */
export function evaluationRecord(
  file: string,
  truth: number,
  { logits, probabilities, baseLogits = logits }: RecordedScores,
  { labels, baseCount }: ClassColumns,
): EvaluationRecord {
  const best = bestColumns({ logits, probabilities }, answerCount)
  const added = logits.length - baseCount
  return {
    file,
    truth: labels[truth]!,
    truthProbability: probabilities[truth]!,
    answers: predictionsOf(best, probabilities, labels),
    standout: standoutOf(logits, baseCount),
    baseAnswer: labels[argMax(baseLogits, 0, baseCount)]!,
    addedAnswer: added === 0 ? null : labels[baseCount + argMax(logits, baseCount, added)]!,
    error: errorOf(truth, best[0]!, (column) => column >= baseCount),
  }
}

/** Whether the base model's own answer is right. */
export function isBaseRight({ truth, baseAnswer }: ImageRecord): boolean {
  return baseAnswer.index === truth.index
}

/** Whether the best added class is right. */
export function isAddedRight({ truth, addedAnswer }: ImageRecord): boolean {
  return addedAnswer?.index === truth.index
}

/** Whether the right answer is the best of one of the two heads, so that only the choice between them can be wrong. */
export function isEitherRight(record: ImageRecord): boolean {
  return isBaseRight(record) || isAddedRight(record)
}
