import type { OpenClassifier } from '../classifier/open-classifier.js'
import { scoreImages, type ImageSource } from '../evaluation/score-images.js'
import { scoredOf, type Answering, type ImageResult } from './answering.js'

/**
 * Yields one result per image, in order; one that cannot be decoded does not stop the others.
 *
 * @throws NpluskError `ABORTED`
 */
export async function* answerImages(
  classifier: OpenClassifier,
  images: Iterable<ImageSource> | AsyncIterable<ImageSource>,
  answering: Answering,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImageResult> {
  for await (const result of scoreImages(classifier, images, signal)) {
    if ('error' in result) yield result
    else yield answering.answer(result.file, scoredOf(result, answering))
  }
}
