import type { OpenClassifier } from '../classifier/open-classifier.js'
import { argMax } from '../math/softmax.js'
import type { FirstAnswer } from './answer-changes.js'
import { scoreImages } from './score-images.js'

/** An image, and the column of the class that it shows; `undefined` where the classifier has no such class. */
export interface GivenImage {
  readonly file: string
  readonly column: number | undefined
}

/**
 * The first answer to every image, or the reason why it has none, in order; of equal logits, the lower column's.
 *
 * @param onDone is called after every image
 */
export async function firstAnswers(
  classifier: OpenClassifier,
  images: readonly GivenImage[],
  signal: AbortSignal | undefined,
  onDone: () => void,
): Promise<(FirstAnswer | { readonly error: string })[]> {
  const answers: (FirstAnswer | { readonly error: string })[] = []
  const files = images.map(({ file }) => file)
  for await (const result of scoreImages(classifier, files, signal)) {
    if ('error' in result) {
      answers.push({ error: result.error })
    } else {
      const { column } = images[answers.length]!
      const best = argMax(result.logits, 0, result.logits.length)
      const { label } = classifier.labels[best]!
      const right = column === undefined ? null : best === column
      answers.push({ label, probability: result.probabilities[best]!, right })
    }
    onDone()
  }
  return answers
}
