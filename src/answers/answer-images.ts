import type { OpenClassifier } from '../classifier/open-classifier.js'
import type { CallOptions } from '../core/progress.js'
import { scoreImages, type ImageSource } from '../evaluation/score-images.js'
import { answeringWith, bestColumns, type AnswerOptions, type ImageResult } from './answering.js'

/**
 * Yields one result per image, in order; one that cannot be decoded does not stop the others.
 *
 * @throws NpluskError as `answeringWith`; `ABORTED`
 */
export async function* answerImages(
  classifier: OpenClassifier,
  images: Iterable<ImageSource> | AsyncIterable<ImageSource>,
  { signal, onProgress, ...options }: AnswerOptions & CallOptions,
): AsyncGenerator<ImageResult> {
  const answering = answeringWith(classifier, options, onProgress)
  for await (const result of scoreImages(classifier, images, signal)) {
    if ('error' in result) yield result
    else yield answering.answer(result.file, bestColumns(result.probabilities, answering.columns))
  }
}
