import type { Label } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import type { CallOptions, OnProgress } from '../core/progress.js'
import { topK } from '../math/softmax.js'
import type { Thresholds } from '../classes/thresholds.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openClassifier, type OpenClassifier } from '../classifier/open-classifier.js'
import { predictionsOf, type Prediction } from '../classifier/prediction.js'

/** The answer to one image, or the reason why there is none. */
export type ImageResult =
  | {
      readonly file: string
      readonly predictions: readonly Prediction[]
      /** Whether the image is taken to show none of the classes; only with a reject rate. */
      readonly rejected?: boolean
    }
  | { readonly file: string; readonly error: string }

/** An open classifier; `close` it when done. */
export interface Classifier {
  readonly labels: readonly Label[]
  readonly provider: 'cpu' | 'cuda'
  /**
   * Yields one result per file, in order; a file that cannot be decoded does not stop the others.
   *
   * @throws NpluskError `USAGE`, `BAD_INPUT` for a reject rate that is out of range or that the model does not support,
   * and for thresholds that it does not have or of labels that it does not know
   */
  classify(
    files: Iterable<string> | AsyncIterable<string>,
    options?: CallOptions & {
      /** @default 5 */
      readonly top?: number
      /**
       * Marks images of no known class. The value is the share of images of known classes that may be marked wrongly,
       * in [0, 1).
       */
      readonly reject?: number
      /** Marks every answer whose class has a threshold as sure or unsure (`Prediction.unsure`). @default none */
      readonly thresholds?: Thresholds
    },
  ): AsyncGenerator<ImageResult>
  close(): Promise<void>
}

/**
 * Opens a bundle or a base model for classification. The runtime may still be loading the model when this returns; if
 * it refuses the model, the first `classify` throws.
 *
 * @throws NpluskError `NOT_FOUND`, `BAD_BUNDLE`, `BAD_MODEL` or `DEVICE_UNAVAILABLE`
 */
export async function loadClassifier(options: ModelOptions): Promise<Classifier> {
  const classifier = await openClassifier(options)
  const { session, labels } = classifier
  return {
    labels,
    provider: session.provider,
    async *classify(files, { top = 5, reject, thresholds, signal, onProgress } = {}) {
      const least = reject === undefined ? undefined : await rejectThresholdOf(classifier, reject)
      const leastOf = thresholds === undefined ? undefined : await thresholdsOf(classifier, thresholds, onProgress)
      // Imported late: the runtime opens the graph while this thread loads the image decoders.
      const { scoreImages } = await import('../evaluation/score-images.js')
      for await (const result of scoreImages(classifier, files, signal)) {
        if ('error' in result) {
          yield result
          continue
        }
        const { file, probabilities } = result
        const predictions = predictionsOf(topK(probabilities, top), probabilities, labels, leastOf)
        if (least === undefined) yield { file, predictions }
        else yield { file, predictions, rejected: Math.max(...probabilities) < least }
      }
    },
    close: () => session.close(),
  }
}

async function rejectThresholdOf({ confidenceQuantiles }: OpenClassifier, falseRejectRate: number): Promise<number> {
  if (!(falseRejectRate >= 0 && falseRejectRate < 1)) {
    throw new NpluskError('USAGE', `reject must be a rate from 0 to 1, such as 0.05, not ${falseRejectRate}.`)
  }
  if (confidenceQuantiles.length === 0) {
    throw new NpluskError(
      'BAD_INPUT',
      'This model cannot reject images: nothing was added to it, so there is nothing to set a threshold by.',
    )
  }
  const { rejectThreshold } = await import('../calibration/reject.js')
  return rejectThreshold(confidenceQuantiles, falseRejectRate)
}

async function thresholdsOf(
  { labels, baseClasses, heldOut }: OpenClassifier,
  wanted: Thresholds,
  onProgress: OnProgress | undefined,
): Promise<ReadonlyMap<number, number>> {
  const { thresholdsByColumn } = await import('../classes/thresholds.js')
  return thresholdsByColumn(wanted, { labels, baseCount: baseClasses.length, heldOut }, onProgress)
}
