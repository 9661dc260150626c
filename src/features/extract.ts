import { messageOf, NpluskError } from '../core/errors.js'
import type { CallOptions, Stage } from '../core/progress.js'
import type { Preprocess } from '../image/types.js'
import { concat } from '../math/concat.js'
import { viewKey } from '../image/augment.js'
import { tensorNames } from '../backbone/prepare.js'
import { runImages, type ImageViews } from '../runtime/image-pipeline.js'
import type { Outputs } from '../runtime/run-views.js'
import type { Session } from '../runtime/session.js'
import { faultOf, type Bottleneck, type BottleneckShape } from './entry.js'
import { bottleneckKey, type Bottlenecks, type BottleneckStore } from './store.js'
import { uselessImage } from './useless-image.js'

/** An image file identified by its content. */
export interface HashedImage extends ImageViews {
  /** SHA-256 of the file's content. */
  readonly hash: string
}

/** The store keys of an image's views, in the order of its views; `undefined` for an image that was left out. */
export type ViewKeys = readonly string[] | undefined

export interface Extraction {
  readonly keys: readonly ViewKeys[]
  /** Images that were left out, with the reason: they cannot be decoded, or the model's outputs are not finite. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Views that went through the model; the others were in the store. */
  readonly computed: number
}

/** Identifies bottlenecks in the store: the graph, and the preparation of its pixels. */
export interface BottleneckSource {
  /** Content hash of the prepared graph, with a suffix if it runs in a form that gives other features. */
  readonly graphKey: string
  readonly preprocess: Preprocess
  /** Lengths of the graph's outputs; entries of other lengths count as missing. @default any */
  readonly shape?: BottleneckShape | undefined
}

/** A graph in a session, and the store for its bottlenecks. */
export interface Extractor extends BottleneckSource {
  readonly session: Session
  readonly store: BottleneckStore
  /** Whether the graph gives layers beside `features`; bottlenecks hold them after these. @default false */
  readonly hasFurther?: boolean
}

/**
 * Milliseconds between two writes: this thread waits for the disk at each of them, but unwritten results are lost in a
 * crash.
 */
const writeEvery = 500

/** The store keys of an image's views, in the order of its views. */
export function viewKeysOf(
  { preprocess, graphKey }: BottleneckSource,
  { hash, views }: Pick<HashedImage, 'hash' | 'views'>,
): string[] {
  return views.map((view) =>
    bottleneckKey({ image: hash, view: viewKey(view), backbone: graphKey, preprocess: JSON.stringify(preprocess) }),
  )
}

/**
 * Puts the bottleneck of every view of every image into the store, decoding and running only what is missing.
 *
 * Images that cannot be decoded, those whose content is not of their hash any more, and those with a view whose outputs
 * cannot be stored as finite numbers, are reported and skipped.
 */
export async function extract(
  {
    session,
    store,
    preprocess,
    graphKey,
    shape,
    hasFurther = false,
  }: Omit<Extractor, 'store'> & { readonly store: Bottlenecks },
  images: readonly HashedImage[],
  stage: Stage,
  { signal, onProgress }: CallOptions = {},
): Promise<Extraction> {
  const allKeys = images.map((image) => viewKeysOf({ preprocess, graphKey }, image))
  const missing = images
    .map(({ file, hash, views }, i) => {
      const places = [...views.keys()].filter((place) => !store.has(allKeys[i]![place]!, shape))
      return { i, file, hash, places, views: places.map((place) => views[place]!) }
    })
    .filter(({ places }) => places.length > 0)

  const total = images.length
  let done = total - missing.length
  const report = () => onProgress?.({ type: 'progress', stage, done, total, unit: 'images' })
  report()
  if (missing.length === 0) return { keys: allKeys, unreadable: [], computed: 0 }

  const outputs = [tensorNames.features, ...(hasFurther ? [tensorNames.further] : []), tensorNames.baseLogits]
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
    for await (const result of runImages({ session, preprocess, input: tensorNames.image, outputs }, missing, {
      signal,
    })) {
      const { i, file, places } = result.image
      const bottlenecks = 'error' in result ? [] : result.views.map(bottleneckOf)
      bottlenecks.forEach((one) => checkShape(one, shape))
      const reason = 'error' in result ? messageOf(result.error) : faultOfAny(file, bottlenecks)
      if (reason === undefined) {
        unwritten.push(...bottlenecks.map((one, n) => [allKeys[i]![places[n]!]!, one] as const))
        computed += places.length
        if (performance.now() - lastWrite > writeEvery) write()
      } else {
        failed.add(i)
        unreadable.push({ file, reason })
        onProgress?.({ type: 'warning', code: 'UNREADABLE_IMAGE', message: reason })
      }
      done++
      report()
    }
  } finally {
    // Keeps computed results on failure or abort.
    write()
  }
  return { keys: allKeys.map((keys, i) => (failed.has(i) ? undefined : keys)), unreadable, computed }
}

function bottleneckOf(outputs: Outputs): Bottleneck {
  const { [tensorNames.features]: features, [tensorNames.further]: further, [tensorNames.baseLogits]: logits } = outputs
  return { features: further ? concat(Float32Array, [features!, further]) : features!, logits: logits! }
}

function faultOfAny(file: string, bottlenecks: readonly Bottleneck[]): string | undefined {
  const fault = bottlenecks.map(faultOf).find((one) => one !== undefined)
  return fault === undefined ? undefined : uselessImage(file, fault)
}

/**
 * Checks what a backbone gives: a bundle may state other lengths than its graph has.
 *
 * @throws NpluskError `BAD_BUNDLE`
 */
export function checkShape({ features, logits }: Bottleneck, shape: BottleneckShape | undefined): void {
  if (shape === undefined || (features.length === shape.dim && logits.length === shape.classes)) return
  throw new NpluskError(
    'BAD_BUNDLE',
    `The backbone gives ${features.length} features and ${logits.length} scores, and not ${shape.dim} and ${shape.classes} as is on record of it; restore the bundle from a copy, or build it again.`,
  )
}
