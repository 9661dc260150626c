import { topK } from '../math/softmax.js'
import { openClassifier } from './open-classifier.js'
import { runImages } from './run-images.js'
import type { Classifier, ModelOptions } from './types.js'

/**
 * Opens a bundle, or a base model, to classify images with.
 *
 * @throws NpluskError `NOT_FOUND`, `BAD_BUNDLE`, `BAD_MODEL` or `DEVICE_UNAVAILABLE`
 */
export async function loadClassifier(options: ModelOptions): Promise<Classifier> {
  const classifier = await openClassifier(options)
  const { session, labels } = classifier
  return {
    labels,
    provider: session.provider,
    async *classify(files, { top = 5, signal } = {}) {
      for await (const result of runImages(classifier, files, signal)) {
        if ('error' in result) {
          yield result
          continue
        }
        const { file, probabilities } = result
        const predictions = topK(probabilities, top).map((index) => {
          const { label, increment } = labels[index]!
          return { index, label, probability: probabilities[index]!, increment }
        })
        yield { file, predictions }
      }
    },
    close: () => session.close(),
  }
}
