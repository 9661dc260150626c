import { messageOf } from '../core/errors.js'
import type { CallOptions, Stage } from '../core/progress.js'
import type { Preprocess } from '../image/types.js'
import { viewKey } from '../image/augment.js'
import { tensorNames } from '../model/prepare.js'
import { runImages, type ImageViews, type Outputs } from '../runtime/image-pipeline.js'
import type { Session } from '../runtime/session.js'
import { bottleneckKey, type Bottleneck, type Bottlenecks, type BottleneckStore } from './store.js'

/** An image file that is known by its content. */
export interface HashedImage extends ImageViews {
  /** SHA-256 of the file's content. */
  readonly hash: string
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

/** Milliseconds between two writes: a transaction for each image would hold up a GPU, and what was not written is lost in a crash. */
const writeEvery = 100

/** The keys of an image's views in the store, in the order of its views. */
export function viewKeysOf(
  { preprocess, backbone }: Pick<Extractor, 'preprocess' | 'backbone'>,
  { hash, views }: Pick<HashedImage, 'hash' | 'views'>,
): string[] {
  return views.map((view) =>
    bottleneckKey({ image: hash, view: viewKey(view), backbone, preprocess: JSON.stringify(preprocess) }),
  )
}

/**
 * Puts the bottleneck of every view of every image into the store, decoding and running only what is missing.
 *
 * An image that cannot be decoded is reported and skipped.
 */
export async function extract(
  { session, store, preprocess, backbone }: Omit<Extractor, 'store'> & { readonly store: Bottlenecks },
  images: readonly HashedImage[],
  stage: Stage,
  { signal, onProgress }: CallOptions = {},
): Promise<Extraction> {
  const allKeys = images.map((image) => viewKeysOf({ preprocess, backbone }, image))
  const missing = images
    .map(({ file, views }, i) => {
      const places = [...views.keys()].filter((place) => !store.has(allKeys[i]![place]!))
      return { i, file, places, views: places.map((place) => views[place]!) }
    })
    .filter(({ places }) => places.length > 0)

  const total = images.length
  let done = total - missing.length
  const report = () => onProgress?.({ type: 'progress', stage, done, total, unit: 'images' })
  report()
  if (missing.length === 0) return { keys: allKeys, unreadable: [], computed: 0 }

  let unwritten: (readonly [key: string, bottleneck: Bottleneck])[] = []
  let lastWrite = performance.now()
  const write = () => {
    store.putAll(unwritten)
    unwritten = []
    lastWrite = performance.now()
  }
  const unreadable: { file: string; reason: string }[] = []
  const failed = new Set<number>()
  let computed = 0
  try {
    for await (const result of runImages({ session, preprocess, ...backboneTensors }, missing, { signal })) {
      const { i, file, places } = result.image
      if ('error' in result) {
        const reason = messageOf(result.error)
        failed.add(i)
        unreadable.push({ file, reason })
        onProgress?.({ type: 'warning', code: 'UNREADABLE_IMAGE', message: reason })
      } else {
        unwritten.push(...result.views.map((outputs, n) => [allKeys[i]![places[n]!]!, bottleneckOf(outputs)] as const))
        computed += places.length
        if (performance.now() - lastWrite > writeEvery) write()
      }
      done++
      report()
    }
  } finally {
    // What was computed stays, whatever stops the rest.
    write()
  }
  return { keys: allKeys.map((keys, i) => (failed.has(i) ? undefined : keys)), unreadable, computed }
}

/** What goes into a prepared backbone and what comes out. */
const backboneTensors = { input: tensorNames.image, outputs: [tensorNames.features, tensorNames.baseLogits] }

function bottleneckOf(outputs: Outputs): Bottleneck {
  return { features: outputs[tensorNames.features]!, logits: outputs[tensorNames.baseLogits]! }
}
