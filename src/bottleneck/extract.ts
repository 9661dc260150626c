import { throwIfAborted, messageOf } from '../core/errors.js'
import { prefetch } from '../core/prefetch.js'
import type { CallOptions, Stage } from '../core/progress.js'
import { decodeViews } from '../image/decode.js'
import type { Preprocess, View } from '../image/types.js'
import { viewKey } from '../image/augment.js'
import { tensorNames } from '../model/prepare.js'
import type { Session } from '../runtime/session.js'
import { bottleneckKey, type Bottleneck, type BottleneckStore } from './store.js'

/** One image file and the ways of looking at it. */
export interface ImageViews {
  readonly file: string
  /** SHA-256 of the file's content. */
  readonly hash: string
  readonly views: readonly View[]
}

/** The keys of an image's views in the store, in the order of its views; `undefined` where the image could not be decoded. */
export type ViewKeys = readonly string[] | undefined

export interface Extraction {
  readonly keys: readonly ViewKeys[]
  /** Images that could not be decoded, and why. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Views that went through the model; the others were in the store. */
  readonly computed: number
}

export interface Extractor {
  readonly session: Session
  readonly store: BottleneckStore
  readonly preprocess: Preprocess
  /** Identifies the prepared graph: a content hash. */
  readonly backbone: string
}

/** The keys of an image's views in the store, in the order of its views. */
export function viewKeysOf(
  { preprocess, backbone }: Pick<Extractor, 'preprocess' | 'backbone'>,
  { hash, views }: Pick<ImageViews, 'hash' | 'views'>,
): string[] {
  return views.map((view) =>
    bottleneckKey({ image: hash, view: viewKey(view), backbone, preprocess: JSON.stringify(preprocess) }),
  )
}

/** Views that go through the model at once: enough to fill two cores, small enough to show progress and stop quickly. */
const batchSize = 8

/**
 * Puts the bottleneck of every view of every image into the store, decoding and running only what is missing.
 *
 * Decoding goes on in sharp's threads while the model runs. An image that cannot be decoded is reported and skipped.
 */
export async function extract(
  { session, store, preprocess, backbone }: Extractor,
  images: readonly ImageViews[],
  stage: Stage,
  { signal, onProgress }: CallOptions = {},
): Promise<Extraction> {
  const allKeys = images.map((image) => viewKeysOf({ preprocess, backbone }, image))
  const missing = images
    .map((image, i) => ({ image, i, places: allKeys[i]!.flatMap((key, place) => (store.has(key) ? [] : [place])) }))
    .filter(({ places }) => places.length > 0)
  const decoded = prefetch(missing, 2 * batchSize, ({ image, places }) =>
    decodeViews(
      image.file,
      preprocess,
      places.map((place) => image.views[place]!),
    ),
  )

  const total = images.length
  let done = total - missing.length
  const report = () => onProgress?.({ type: 'progress', stage, done, total, unit: 'images' })
  report()

  const unreadable: { file: string; reason: string }[] = []
  const failed = new Set<number>()
  let computed = 0
  let batch: { key: string; pixels: Uint8Array }[] = []
  const flush = async () => {
    if (batch.length === 0) return
    const bottlenecks = await runBackbone(
      session,
      preprocess,
      batch.map(({ pixels }) => pixels),
    )
    store.putAll(bottlenecks.map((bottleneck, i) => [batch[i]!.key, bottleneck]))
    computed += batch.length
    batch = []
  }

  let next = 0
  for await (const result of decoded) {
    const { image, i, places } = missing[next++]!
    throwIfAborted(signal)
    if ('error' in result) {
      failed.add(i)
      unreadable.push({ file: image.file, reason: messageOf(result.error) })
      onProgress?.({ type: 'warning', code: 'UNREADABLE_IMAGE', message: messageOf(result.error) })
    } else {
      for (const [n, place] of places.entries()) {
        batch.push({ key: allKeys[i]![place]!, pixels: result.value[n]! })
        if (batch.length === batchSize) await flush()
      }
    }
    done++
    report()
  }
  await flush()
  return { keys: allKeys.map((keys, i) => (failed.has(i) ? undefined : keys)), unreadable, computed }
}

/** Runs a batch of decoded images (RGB, HWC) through a prepared backbone. */
export async function runBackbone(
  session: Session,
  { width, height }: Preprocess,
  images: readonly Uint8Array[],
): Promise<Bottleneck[]> {
  const pixels = new Uint8Array(images.length * height * width * 3)
  images.forEach((image, i) => pixels.set(image, i * image.length))
  const outputs = await session.run(
    { [tensorNames.image]: { dims: [images.length, height, width, 3], data: pixels } },
    [tensorNames.features, tensorNames.baseLogits],
  )
  const features = outputs[tensorNames.features]!.data as Float32Array
  const logits = outputs[tensorNames.baseLogits]!.data as Float32Array
  const dim = features.length / images.length
  const classes = logits.length / images.length
  return images.map((_, i) => ({
    features: features.slice(i * dim, (i + 1) * dim),
    logits: logits.slice(i * classes, (i + 1) * classes),
  }))
}
