import { batches } from '../core/batches.js'
import { throwIfAborted } from '../core/errors.js'
import { prefetch, type Settled } from '../core/prefetch.js'
import { decodeViews } from '../image/decode.js'
import type { Preprocess, View } from '../image/types.js'
import type { Provider, Session } from './session.js'

/** A graph that takes images: uint8 [batch, height, width, 3], RGB. */
export interface ImageGraph {
  readonly session: Session
  readonly preprocess: Preprocess
  /** Name of the image input. */
  readonly input: string
  /** Names of the outputs to return: float32 [batch, …]. */
  readonly outputs: readonly string[]
  /** Whether the graph itself runs the images of a batch one by one. @default false */
  readonly oneByOne?: boolean
}

/** One image file and the views to run of it, at least one. */
export interface ImageViews {
  readonly file: string
  readonly views: readonly View[]
}

/** The values of each output for one view, by the output's name. */
export type Outputs = Readonly<Record<string, Float32Array>>

/** The outputs for every view of an image, or why the image could not be decoded. */
export type ImageOutputs<Image> =
  { readonly image: Image; readonly views: readonly Outputs[] } | { readonly image: Image; readonly error: unknown }

export interface PipelineOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which an incomplete batch is run. @default waits until it is full */
  readonly patience?: number | undefined
}

/**
 * Views in a batch: enough to keep two cores busy, or a GPU, which runs four times as many in twice the time; few
 * enough for progress to show and a stop to take effect soon.
 */
export const batchSizes: Readonly<Record<Provider, number>> = { cpu: 8, cuda: 32 }
/** Batches of views to decode ahead of the graph. */
const batchesDecoded = 2
/** One batch runs while the next waits in the session's queue, so that the graph never idles between them. */
const batchesAhead = 2

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
  { session, preprocess, input, outputs, oneByOne = false }: ImageGraph,
  images: Iterable<Image> | AsyncIterable<Image>,
  { signal, patience }: PipelineOptions,
): AsyncGenerator<ImageOutputs<Image>, void, void> {
  const batchSize = batchSizes[session.provider]
  const decoded = prefetch(images, batchesDecoded * batchSize, decode, ({ views }) => views.length)
  const answered = prefetch(batches(flat(decoded), batchSize, patience), batchesAhead, runBatch)
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

  async function decode(image: Image): Promise<Piece<Image, Uint8Array>[]> {
    try {
      const views = await decodeViews(image.file, preprocess, image.views, signal)
      return views.map((content) => ({ image, content }))
    } catch (error) {
      return [{ image, error }]
    }
  }

  async function runBatch(pieces: readonly Piece<Image, Uint8Array>[]): Promise<Piece<Image, Outputs>[]> {
    throwIfAborted(signal)
    const readable = pieces.flatMap((piece) => ('error' in piece ? [] : [piece.content]))
    const answers = readable.length === 0 ? [] : await runPixels(readable)
    let next = 0
    return pieces.map((piece) => ('error' in piece ? piece : { image: piece.image, content: answers[next++]! }))
  }

  async function runPixels(views: readonly Uint8Array[]): Promise<Outputs[]> {
    const { width, height } = preprocess
    // CUDA searches for the fastest kernels again for every new shape, so batches keep one size.
    const rows = session.provider === 'cuda' && !oneByOne ? batchSize : views.length
    const pixels = new Uint8Array(rows * height * width * 3)
    views.forEach((view, i) => pixels.set(view, i * view.length))
    const results = await session.run({ [input]: { dims: [rows, height, width, 3], data: pixels } }, outputs)
    return views.map((_, i) =>
      Object.fromEntries(
        outputs.map((name) => {
          const data = results[name]!.data as Float32Array
          const length = data.length / rows
          return [name, data.subarray(i * length, (i + 1) * length)]
        }),
      ),
    )
  }
}

/** Flattens groups that have settled, in order; throws at the first that failed. */
async function* flat<Item>(groups: AsyncIterable<Settled<readonly Item[]>>): AsyncGenerator<Item, void, void> {
  for await (const group of groups) {
    if ('error' in group) throw group.error
    yield* group.value
  }
}
