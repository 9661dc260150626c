import { resolve } from 'node:path'
import { extract, viewKeysOf, type Extractor, type HashedImage } from '../features/extract.js'
import { openStore } from '../features/store.js'
import { writePart } from '../bundle/part-file.js'
import { throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { shapeOf } from '../classifier/backbone.js'
import { formFor } from '../precision/form-for.js'
import { chooseProvider } from '../runtime/providers.js'
import { openWorkerSession } from '../runtime/worker-session.js'
import type { Provider } from '../runtime/session.js'
import { bottleneckFolder } from './cache.js'
import { defaultAugment } from '../training/defaults.js'
import { viewsOfFiles } from '../features/image-views.js'
import { imagesToAdd } from '../training/images-to-add.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { cacheDirOf, openBackbone } from '../classifier/open-backbone.js'
import { filesOfShard, type Shard } from '../features/shard.js'

export interface FeaturesOptions extends ModelOptions {
  /** A folder of images, with class folders or without; or several, where they are to be added together. */
  readonly folder: string | readonly string[]
  /** As in `ExtendOptions`: what `--add` is to find must be computed with the same. A folder's images are computed as well. */
  readonly rehearsal?: string
  readonly augment?: number
  readonly seed?: number
  /** One of `count` parts of the images, the `index`-th, counted from 1. @default all images */
  readonly shard?: Shard
  /** Writes what was computed or known of the images to this file as well, for another machine's cache. */
  readonly out?: string
  /** Address of a Redis server whose workers compute what is missing. @default it is computed here */
  readonly queue?: string
}

export interface FeaturesResult {
  /** Images that the cache now has; files of equal content count once. */
  readonly images: number
  readonly views: number
  /** Views that were not in the cache before. */
  readonly computed: number
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** The part that was written. */
  readonly part: string | null
  readonly seconds: number
}

/** Images handed to the extraction at once; what is known of more is not held in memory. */
const chunkSize = 1024

/** What runs, and where its results go. */
interface Task extends Omit<Extractor, 'session'> {
  readonly model: Uint8Array
  readonly provider: Provider
}

/** What became of the images of a task. */
type Outcome = Pick<FeaturesResult, 'computed' | 'unreadable'>

/**
 * Computes the bottlenecks of the images that `extendModel` with the same model, folders, `rehearsal`, `augment` and `seed` looks at
 * into the cache, so that it need not: here, or by the workers of a queue. What is in the cache already is not computed again; a run that was killed goes on where it
 * stopped.
 *
 * @throws NpluskError `NOT_FOUND`, `BAD_INPUT`, `BAD_MODEL`, `USAGE`, `DEVICE_UNAVAILABLE`, `QUEUE`, `IO`, `ABORTED`
 */
export async function extractFeatures(options: FeaturesOptions): Promise<FeaturesResult> {
  const { folder, rehearsal, augment = defaultAugment, seed = 0, shard = { index: 1, count: 1 }, out, queue, signal, onProgress } = options // prettier-ignore
  const started = performance.now()
  // The same samples on every machine and as --add takes, whatever the part: preprocessing that is found by trial must not differ.
  const { sets, samples } = await imagesToAdd([folder].flat(), rehearsal)
  const files = sets.flatMap((set) => filesOfShard(set.folder, set.files, shard))
  const { backbone } = await openBackbone({ ...options, samples })
  throwIfAborted(signal)

  const store = openStore(bottleneckFolder(cacheDirOf(options)))
  try {
    // The form that --add takes on this device, whoever computes.
    const provider = await chooseProvider(options.device ?? 'auto', onProgress)
    const { model, suffix } = await formFor(provider, backbone.graph)
    const shape = shapeOf(backbone)
    const task = {
      model,
      provider,
      backbone: backbone.graphHash + suffix,
      preprocess: backbone.preprocess,
      store,
      shape,
    }
    const total = files.length
    let done = 0
    const report = (count: number) => {
      done += count
      onProgress?.({ type: 'progress', stage: 'extract', done, total, unit: 'images' })
    }
    report(0)
    const skipped: { file: string; reason: string }[] = []
    const keys: string[] = []
    let images = 0
    const call = { augment, seed, signal, onProgress }
    const known = viewsOfFiles(files, call, (file, reason) => {
      report(1)
      if (reason !== undefined) skipped.push({ file, reason })
    })
    async function* counted(): AsyncGenerator<HashedImage, void, void> {
      for await (const image of known) {
        images++
        if (out !== undefined) keys.push(...viewKeysOf(task, image))
        // Workers have working folders of their own.
        yield queue === undefined ? image : { ...image, file: resolve(image.file) }
      }
    }
    const compute = queue === undefined ? computeHere : computeThere
    const { computed, unreadable } = await compute(task, counted(), options, report)
    if (out !== undefined) {
      await writePart(resolve(out), { keys: keys.filter((key) => store.has(key, shape)), store, shape }, options)
    }
    const readable = images - unreadable.length
    return {
      images: readable,
      views: readable * (1 + augment),
      computed,
      unreadable: [...skipped, ...unreadable],
      part: out === undefined ? null : resolve(out),
      seconds: (performance.now() - started) / 1000,
    }
  } finally {
    await store.close()
  }
}

async function computeHere(
  { model, provider, ...task }: Task,
  images: AsyncIterable<HashedImage>,
  { signal, onProgress }: FeaturesOptions,
  report: (images: number) => void,
): Promise<Outcome> {
  const session = await openWorkerSession(model, provider)
  const unreadable: { file: string; reason: string }[] = []
  let computed = 0
  try {
    for await (const chunk of chunksOf(images)) {
      let before = 0
      const call: CallOptions = {
        signal,
        onProgress(event) {
          if (event.type !== 'progress') return onProgress?.(event)
          report(event.done - before)
          before = event.done
        },
      }
      const extraction = await extract({ session, ...task }, chunk, 'extract', call)
      unreadable.push(...extraction.unreadable)
      computed += extraction.computed
    }
  } finally {
    await session.close()
  }
  return { computed, unreadable }
}

async function computeThere(
  { model: graph, provider: _, ...task }: Task,
  images: AsyncIterable<HashedImage>,
  { queue, signal, onProgress }: FeaturesOptions,
  report: (images: number) => void,
): Promise<Outcome> {
  const { computeOnQueue } = await import('../queue/send.js')
  return computeOnQueue(images, {
    ...task,
    graph,
    queue: queue!,
    signal,
    onProgress,
    onImage: () => report(1),
  })
}

async function* chunksOf(images: AsyncIterable<HashedImage>): AsyncGenerator<HashedImage[], void, void> {
  let chunk: HashedImage[] = []
  for await (const image of images) {
    chunk.push(image)
    if (chunk.length < chunkSize) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
