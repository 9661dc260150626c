import { messageOf, throwIfAborted } from '../core/errors.js'
import { prefetch } from '../core/prefetch.js'
import { loadImage } from '../image/decode.js'
import { tensorNames } from '../model/prepare.js'
import type { OpenClassifier } from './open-classifier.js'

/** The classifier's output for one image, or why it has none. */
export type ImageScores =
  | { readonly file: string; readonly logits: Float32Array; readonly probabilities: Float32Array }
  | { readonly file: string; readonly error: string }

const batchSize = 8

/** Runs images through a classifier in batches and yields their scores in order; decoding goes on while the model runs. */
export async function* runImages(
  { session, preprocess }: OpenClassifier,
  files: Iterable<string> | AsyncIterable<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImageScores> {
  const { width, height } = preprocess
  for await (const group of groups(files, 8 * batchSize)) {
    const decoded = prefetch(group, 2 * batchSize, (file) => loadImage(file, preprocess))
    let place = 0
    let batch: { file: string; pixels: Uint8Array | undefined; error?: string }[] = []
    for await (const result of decoded) {
      throwIfAborted(signal)
      const file = group[place++]!
      batch.push(
        'error' in result
          ? { file, pixels: undefined, error: messageOf(result.error) }
          : { file, pixels: result.value },
      )
      if (batch.length < batchSize && place < group.length) continue
      yield* await runBatch(batch)
      batch = []
    }
  }

  async function runBatch(
    batch: readonly { file: string; pixels: Uint8Array | undefined; error?: string }[],
  ): Promise<ImageScores[]> {
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
    return batch.map(({ file, pixels, error }) => {
      if (!pixels) return { file, error: error! }
      const scores = { file, logits: row(tensorNames.logits, i), probabilities: row(tensorNames.probabilities, i) }
      i++
      return scores
    })
  }
}

async function* groups(files: Iterable<string> | AsyncIterable<string>, size: number): AsyncGenerator<string[]> {
  let group: string[] = []
  for await (const file of files) {
    group.push(file)
    if (group.length === size) {
      yield group
      group = []
    }
  }
  if (group.length > 0) yield group
}
