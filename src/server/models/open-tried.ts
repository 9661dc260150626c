import { openClassifier, type OpenClassifier, type OpenOptions } from '../../classifier/open-classifier.js'
import { tensorNames } from '../../backbone/tensor-names.js'
import { NpluskError } from '../../core/errors.js'
import { allFinite } from '../../math/finite.js'

/**
 * Opens a classifier that gives features, and runs it once: what it answers with is then known to fit its labels, and
 * the first request does not wait for the runtime.
 *
 * @throws NpluskError as `openClassifier`; `BAD_BUNDLE` where it answers with other classes than it names, `BAD_MODEL`
 * where it answers with scores that are no finite numbers
 */
export async function openTried(options: OpenOptions): Promise<OpenClassifier> {
  const classifier = await openClassifier({ ...options, givesFeatures: true, optimisedFor: 'latency' })
  try {
    await tryOut(classifier, options.model)
    return classifier
  } catch (error) {
    await classifier.session.close()
    throw error
  }
}

async function tryOut({ session, preprocess, labels }: OpenClassifier, model: string): Promise<void> {
  const { width, height } = preprocess
  const image = { dims: [1, height, width, 3], data: stripes(3 * width * height) }
  const names = [tensorNames.logits, tensorNames.probabilities, tensorNames.features]
  const answers = await session.run({ [tensorNames.image]: image }, names)
  const { length } = answers[tensorNames.logits]!.data
  if (length !== labels.length) {
    throw new NpluskError(
      'BAD_BUNDLE',
      `${model} answers with ${length} classes, and its labels are ${labels.length}; restore the bundle from a copy, or build it again.`,
    )
  }
  if (!Object.values(answers).every(({ data }) => allFinite(data as Float32Array))) {
    throw new NpluskError(
      'BAD_MODEL',
      `${model} answers a striped picture with scores that are no finite numbers; restore it from a copy, or build it again.`,
    )
  }
}

/** Any picture but an even one, which a network may not be able to normalise. */
function stripes(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (i * 37) % 251)
}
