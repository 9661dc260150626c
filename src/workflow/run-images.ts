import { batches } from '../core/batches.js'
import { messageOf, throwIfAborted } from '../core/errors.js'
import { prefetch } from '../core/prefetch.js'
import { loadImage } from '../image/decode.js'
import { tensorNames } from '../model/prepare.js'
import type { OpenClassifier } from './open-classifier.js'

/** The classifier's output for one image, or why it has none. */
export type ImageScores =
  | { readonly file: string; readonly logits: Float32Array; readonly probabilities: Float32Array }
  | { readonly file: string; readonly error: string }

/** An image on its way into the classifier. */
type Decoded =
  | { readonly file: string; readonly pixels: Uint8Array }
  | { readonly file: string; readonly pixels: undefined; readonly error: string }

const batchSize = 8
/** Batches that are decoded ahead of the model. */
const ahead = 3
/** Milliseconds after which images are classified without waiting for more of them. */
const patience = 50

/**
 * Runs images through a classifier in batches and yields their scores in order; decoding goes on while the model runs. Files that
 * come one by one are answered one by one.
 */
export async function* runImages(
  { session, preprocess }: OpenClassifier,
  files: Iterable<string> | AsyncIterable<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImageScores> {
  const { width, height } = preprocess
  const decoded = prefetch(batches(files, batchSize, patience), ahead, (batch) => Promise.all(batch.map(decode)))
  for await (const result of decoded) {
    throwIfAborted(signal)
    if ('error' in result) throw result.error
    yield* await runBatch(result.value)
  }
  throwIfAborted(signal)

  async function decode(file: string): Promise<Decoded> {
    try {
      return { file, pixels: await loadImage(file, preprocess) }
    } catch (error) {
      return { file, pixels: undefined, error: messageOf(error) }
    }
  }

  async function runBatch(batch: readonly Decoded[]): Promise<ImageScores[]> {
    const readable = batch.flatMap(({ pixels }) => (pixels ? [pixels] : []))
    const all = new Uint8Array(readable.length * height * width * 3)
    readable.forEach((pixels, i) => all.set(pixels, i * pixels.length))
    const outputs =
      readable.length === 0
        ? undefined
        : await session.run({ [tensorNames.image]: { dims: [readable.length, height, width, 3], data: all } }, [
            tensorNames.logits,
            tensorNames.probabilities,
          ])
    const row = (name: string, i: number) => {
      const data = outputs![name]!.data as Float32Array
      const length = data.length / readable.length
      return data.slice(i * length, (i + 1) * length)
    }
    let i = 0
    return batch.map((image) => {
      const { file } = image
      if (image.pixels === undefined) return { file, error: image.error }
      const scores = { file, logits: row(tensorNames.logits, i), probabilities: row(tensorNames.probabilities, i) }
      i++
      return scores
    })
  }
}
