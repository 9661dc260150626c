import { answeringWith, type AnswerOptions, type ImageResult } from '../answers/answering.js'
import type { ListedPicture } from '../answers/listed-picture.js'
import type { RunProvider } from '../answers/run-record.js'
import { withContent } from '../answers/with-content.js'
import type { ClassifierDescription } from '../classifier/description.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openClassifier } from '../classifier/open-classifier.js'

/** What answers pictures, in their order. Must be closed. */
export interface AnswerSource extends AsyncDisposable {
  readonly classifier: ClassifierDescription
  readonly provider: RunProvider
  answers(pictures: AsyncIterable<ListedPicture>): AsyncIterable<ImageResult>
}

export interface AnswerSourceOptions extends ModelOptions, AnswerOptions {
  /** Address of a Redis server whose workers answer. @default none; this process does */
  readonly queue?: string
}

/** @throws NpluskError as `openClassifier`; as `answeringWith` */
export function openAnswerSource(options: AnswerSourceOptions): Promise<AnswerSource> {
  return options.queue === undefined ? answersHere(options) : answersOnQueue(options, options.queue)
}

async function answersHere(options: AnswerSourceOptions): Promise<AnswerSource> {
  const classifier = await openClassifier(options)
  const { session } = classifier
  try {
    const answering = answeringWith(classifier, options, options.onProgress)
    // Imported late: the runtime opens the graph while this thread loads the image decoders.
    const { answerImages } = await import('../answers/answer-images.js')
    return {
      classifier,
      provider: session.provider,
      answers: (pictures) => answerImages(classifier, withContent(pictures), answering, options.signal),
      [Symbol.asyncDispose]: () => session.close(),
    }
  } catch (error) {
    await session.close()
    throw error
  }
}

async function answersOnQueue(options: AnswerSourceOptions, queue: string): Promise<AnswerSource> {
  const { readClassifier } = await import('../classifier/classifier-graph.js')
  const { answerOnQueue } = await import('../queue/answer-on-queue.js')
  const { graph, ...classifier } = await readClassifier(options)
  const { preprocess, oneByOne = false, labels } = classifier
  const answering = answeringWith(classifier, options, options.onProgress)
  const { signal, onProgress } = options
  const sent = { queue, graph, preprocess, oneByOne, classes: labels.length, answering, signal, onProgress }
  return {
    classifier,
    provider: 'workers',
    answers: (pictures) => answerOnQueue(pictures, sent),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
