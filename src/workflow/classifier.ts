import type { AnswerOptions, ImageResult } from '../answers/answering.js'
import type { Label } from '../bundle/manifest.js'
import type { CallOptions } from '../core/progress.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openClassifier } from '../classifier/open-classifier.js'
import type { ImageSource } from '../evaluation/score-images.js'

/** An open classifier; `close` it when done. */
export interface Classifier {
  readonly labels: readonly Label[]
  readonly provider: 'cpu' | 'cuda'
  /**
   * Yields one result per image, in order; one that cannot be decoded does not stop the others.
   *
   * @throws NpluskError `USAGE`, `BAD_INPUT` for a reject rate that is out of range or that the model does not support,
   * and for thresholds that it does not have or of labels that it does not know
   */
  classify(
    images: Iterable<ImageSource> | AsyncIterable<ImageSource>,
    options?: CallOptions & AnswerOptions,
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
    async *classify(images, { signal, onProgress, ...answers } = {}) {
      // Imported late: the runtime opens the graph while this thread loads the image decoders.
      const { answerImages } = await import('../answers/answer-images.js')
      const { answeringWith } = await import('../answers/answering.js')
      yield* answerImages(classifier, images, answeringWith(classifier, answers, onProgress), signal)
    },
    close: () => session.close(),
  }
}
