import { batches } from '../core/batches.js'
import { throwIfAborted } from '../core/errors.js'
import { prefetch, type Settled } from '../core/prefetch.js'
import { decodeViews } from '../image/decode.js'
import type { View } from '../image/types.js'
import { batchesAhead, batchSizeOf, runViews, type ImageGraph, type Outputs } from './run-views.js'

/** One image and the views to run of it, at least one. */
export interface ImageViews {
  /** Path of the file, or the name that errors give an image whose content is at hand. */
  readonly file: string
  /** Content of the image. @default what the file holds */
  readonly bytes?: Uint8Array | undefined
  /** SHA-256 that the content must have: what it was known by before. @default any */
  readonly hash?: string | undefined
  /** Why there is no content to decode. @default it is read */
  readonly error?: unknown
  readonly views: readonly View[]
}

/** The outputs for every view of an image, or why the image could not be decoded. */
export type ImageOutputs<Image> =
  { readonly image: Image; readonly views: readonly Outputs[] } | { readonly image: Image; readonly error: unknown }

export interface PipelineOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which an incomplete batch is run. @default waits until it is full */
  readonly patience?: number | undefined
}

/** Batches of views to decode ahead of each session. */
const batchesDecoded = 2
/** Bytes of contents at hand, as of pictures in an archive, beyond which no more are taken in. */
const bytesAhead = 256 * 2 ** 20

/** One view of an image, first as pixels, then as outputs; or one error that stands for the whole image. */
type Piece<Image, Content> =
  { readonly image: Image; readonly content: Content } | { readonly image: Image; readonly error: unknown }

/**
 * Runs images through a graph and yields the outputs of each, in order; files are decoded in sharp's threads while the
 * graph runs in its own. An image that cannot be decoded does not stop the others.
 *
 * @throws NpluskError `ABORTED` between two images, and whatever the session throws
 */
export async function* runImages<Image extends ImageViews>(
  graph: ImageGraph,
  images: Iterable<Image> | AsyncIterable<Image>,
  { signal, patience }: PipelineOptions,
): AsyncGenerator<ImageOutputs<Image>, void, void> {
  const batchSize = batchSizeOf(graph)
  const { instances = 1 } = graph.session
  const ahead = instances * batchesDecoded * batchSize
  const weightOf = ({ views, bytes }: Image) => Math.max(views.length, (ahead * (bytes?.length ?? 0)) / bytesAhead)
  const decoded = prefetch(images, ahead, decode, weightOf)
  const answered = prefetch(batches(flat(decoded), batchSize, patience), instances * batchesAhead, runBatch)
  let views: Outputs[] = []
  for await (const piece of flat(answered)) {
    throwIfAborted(signal)
    const { image } = piece
    if ('error' in piece) {
      yield piece
      continue
    }
    views.push(piece.content)
    if (views.length < image.views.length) continue
    yield { image, views }
    views = []
  }
  throwIfAborted(signal)

  async function decode(given: Image): Promise<Piece<Image, Uint8Array>[]> {
    // Content that has been decoded is not kept until the answer is there.
    const image = given.bytes === undefined ? given : { ...given, bytes: undefined }
    try {
      const { file, bytes = file, hash, error } = given
      if (error !== undefined) return [{ image, error }]
      const views = await decodeViews(bytes, graph.preprocess, image.views, { name: file, hash, signal })
      return views.map((content) => ({ image, content }))
    } catch (error) {
      return [{ image, error }]
    }
  }

  async function runBatch(pieces: readonly Piece<Image, Uint8Array>[]): Promise<Piece<Image, Outputs>[]> {
    throwIfAborted(signal)
    const readable = pieces.flatMap((piece) => ('error' in piece ? [] : [piece.content]))
    const answers = readable.length === 0 ? [] : await runViews(graph, readable)
    let next = 0
    return pieces.map((piece) => ('error' in piece ? piece : { image: piece.image, content: answers[next++]! }))
  }
}

/** Flattens groups that have settled, in order; throws at the first that failed. */
async function* flat<Item>(groups: AsyncIterable<Settled<readonly Item[]>>): AsyncGenerator<Item, void, void> {
  for await (const group of groups) {
    if ('error' in group) throw group.error
    yield* group.value
  }
}
