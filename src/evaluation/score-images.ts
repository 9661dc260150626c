import { scoresNotFinite, uselessImage } from '../features/useless-image.js'
import { messageOf, NpluskError } from '../core/errors.js'
import { plainView } from '../image/types.js'
import { allFinite } from '../math/finite.js'
import { tensorNames } from '../backbone/tensor-names.js'
import { runImages } from '../runtime/image-pipeline.js'
import type { OpenClassifier } from '../classifier/open-classifier.js'

/** An image: the path of its file, or its content, or why there is none, with the name that results give it. */
export type ImageSource =
  string | { readonly file: string; readonly bytes?: Uint8Array | undefined; readonly error?: unknown }

/** The classifier's output for one image, or the reason why there is none. */
export type ImageScores =
  | {
      readonly file: string
      readonly logits: Float32Array
      readonly probabilities: Float32Array
      /** Only where the classifier gives them. */
      readonly features?: Float32Array | undefined
      /** The base model's own; only where the classifier gives them. */
      readonly baseLogits?: Float32Array | undefined
    }
  | { readonly file: string; readonly error: string }

type Scores = Readonly<Record<typeof tensorNames.logits | typeof tensorNames.probabilities, Float32Array>> &
  Readonly<Partial<Record<typeof tensorNames.features | typeof tensorNames.baseLogits, Float32Array>>>

/** Longest wait, in milliseconds, for more images before those at hand are classified. */
const patience = 50

/**
 * Runs images through a classifier and yields their scores in order. Files that arrive one at a time are answered one
 * at a time.
 */
export async function* scoreImages(
  {
    session,
    preprocess,
    labels,
    oneByOne = false,
    givesFeatures = false,
    givesBaseLogits = false,
  }: Pick<OpenClassifier, 'session' | 'preprocess' | 'oneByOne' | 'givesFeatures' | 'givesBaseLogits'> & {
    readonly labels: { readonly length: number }
  },
  images: Iterable<ImageSource> | AsyncIterable<ImageSource>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImageScores> {
  const graph = {
    session,
    preprocess,
    oneByOne,
    input: tensorNames.image,
    outputs: [
      tensorNames.logits,
      tensorNames.probabilities,
      ...(givesFeatures ? [tensorNames.features] : []),
      ...(givesBaseLogits ? [tensorNames.baseLogits] : []),
    ],
  }
  for await (const result of runImages(graph, plainViews(images), { signal, patience })) {
    const { file } = result.image
    if ('error' in result) {
      yield { file, error: messageOf(result.error) }
      continue
    }
    const outputs = result.views[0]!
    const { logits, probabilities, features, [tensorNames.baseLogits]: baseLogits } = outputs as Scores
    if (logits.length !== labels.length) throw otherClasses(logits.length, labels.length)
    if (allFinite(logits) && allFinite(probabilities)) yield { file, logits, probabilities, features, baseLogits }
    else yield { file, error: uselessImage(file, scoresNotFinite) }
  }
}

async function* plainViews(images: Iterable<ImageSource> | AsyncIterable<ImageSource>) {
  for await (const image of images) {
    const source = typeof image === 'string' ? { file: image } : image
    yield { ...source, views: [plainView] }
  }
}

function otherClasses(given: number, named: number): NpluskError {
  return new NpluskError(
    'BAD_BUNDLE',
    `The model answers with ${given} classes, and its labels are ${named}; restore the bundle from a copy, or build it again.`,
  )
}
