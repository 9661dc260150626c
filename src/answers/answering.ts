import type { OpenClassifier } from '../classifier/open-classifier.js'
import { predictionsOf, type Prediction } from '../classifier/prediction.js'
import { thresholdsByColumn, type Thresholds } from '../classes/thresholds.js'
import { rejecter, type RejectionQuantiles, type Sureness } from '../calibration/reject.js'
import { bestColumns, type ColumnScores } from '../features/best-columns.js'
import { standoutOf } from '../features/standout.js'
import { NpluskError } from '../core/errors.js'
import type { OnProgress } from '../core/progress.js'

/** The answer to one image, or the reason why there is none. */
export type ImageResult =
  | {
      readonly file: string
      readonly predictions: readonly Prediction[]
      /** Whether the image is taken to show none of the classes; only with a reject rate. */
      readonly rejected?: boolean
    }
  | { readonly file: string; readonly error: string }

/** What an answer says. */
export interface AnswerOptions {
  /** Number of predictions. @default 5 */
  readonly top?: number
  /**
   * Marks images of no known class. The value is the share of images of known classes that may be marked wrongly, in
   * [0, 1).
   */
  readonly reject?: number
  /** Marks every answer whose class has a threshold as sure or unsure (`Prediction.unsure`). @default none */
  readonly thresholds?: Thresholds
}

/** An image's most probable columns with their probabilities, 0..1, the largest first. */
export type BestColumns = readonly (readonly [column: number, probability: number])[]

/** What the answer to an image is made of. */
export interface Scored {
  readonly best: BestColumns
  /** How far its largest logit stands out; `null` where there are too few old classes (`features/standout.ts`). */
  readonly standout: number | null
}

/** Words answers by the options of one call. */
export interface Answering {
  /** Number of columns that an answer is made of, at least 1. */
  readonly columns: number
  /** N: the number of old classes. */
  readonly oldClasses: number
  answer(file: string, scored: Scored): ImageResult
}

/**
 * @param scores [N + k] logits and probabilities
 * @param options.columns number of the best columns
 * @param options.oldClasses N
 */
export function scoredOf(
  scores: ColumnScores,
  { columns, oldClasses }: { readonly columns: number; readonly oldClasses: number },
): Scored {
  const best = bestColumns(scores, columns).map((column) => [column, scores.probabilities[column]!] as const)
  return { best, standout: standoutOf(scores.logits, oldClasses) }
}

/**
 * Checks what answers shall say, once for all images.
 *
 * @param onProgress is warned of added classes without a threshold
 * @throws NpluskError `USAGE`, `BAD_INPUT` for a reject rate that is out of range or that the model does not support,
 * and for thresholds that it does not have or of labels that it does not know
 */
export function answeringWith(
  classifier: Pick<OpenClassifier, 'labels' | 'baseClasses' | 'heldOut' | keyof RejectionQuantiles>,
  { top = 5, reject, thresholds }: AnswerOptions,
  onProgress?: OnProgress,
): Answering {
  const { labels, baseClasses, heldOut } = classifier
  const isRejected = reject === undefined ? undefined : rejecterOf(classifier, reject)
  const leastOf =
    thresholds === undefined
      ? undefined
      : thresholdsByColumn(thresholds, { labels, baseCount: baseClasses.length, heldOut }, onProgress)
  return {
    columns: Math.max(top, 1),
    oldClasses: baseClasses.length,
    answer(file, { best, standout }) {
      const shown = best.slice(0, top).map(([column]) => column)
      const predictions = predictionsOf(shown, Object.fromEntries(best), labels, leastOf)
      if (isRejected === undefined) return { file, predictions }
      return { file, predictions, rejected: isRejected({ confidence: best[0]![1], standout }) }
    },
  }
}

function rejecterOf(quantiles: RejectionQuantiles, falseRejectRate: number): (answer: Sureness) => boolean {
  if (!(falseRejectRate >= 0 && falseRejectRate < 1)) {
    throw new NpluskError('USAGE', `reject must be a rate from 0 to 1, such as 0.05, not ${falseRejectRate}.`)
  }
  if (quantiles.confidenceQuantiles.length === 0) {
    throw new NpluskError(
      'BAD_INPUT',
      'This model cannot reject images: nothing was added to it, so there is nothing to set a threshold by.',
    )
  }
  return rejecter(quantiles, falseRejectRate)
}
