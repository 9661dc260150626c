import { resolve } from 'node:path'
import { writePart } from '../bundle/part-file.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openBackbone } from '../classifier/open-backbone.js'
import { throwIfAborted } from '../core/errors.js'
import { checkWrittenFile } from '../core/written-file.js'
import { viewKeysOf, type HashedImage } from '../features/extract.js'
import { extractStream } from '../features/extract-stream.js'
import { openBottleneckCache } from '../features/extractor.js'
import { viewsOfFiles } from '../features/image-views.js'
import { filesOfShard, type Shard } from '../features/shard.js'
import { defaultAugment, defaultSeed } from '../training/defaults.js'
import { imagesToAdd } from '../tables/images-to-add.js'
import { viewsAhead } from '../tables/views/views-ahead.js'

export interface FeaturesOptions extends ModelOptions {
  /** Folders of images, with or without class folders; several if they are to be added together. */
  readonly folder: string | readonly string[]
  /**
   * Like `augment` and `seed`, as in `ExtendOptions`: `extendModel` finds the features only with the same values.
   * Images of a rehearsal folder are processed too.
   */
  readonly rehearsal?: string
  readonly augment?: number | 'auto'
  readonly seed?: number
  /** The `index`-th of `count` shards of the images, counted from 1. @default all images */
  readonly shard?: Shard
  /** Also writes the images' features, computed or cached, to this file, for another machine's cache. */
  readonly out?: string
  /** Address of a Redis server whose workers compute missing features. @default none; this process computes */
  readonly queue?: string
}

export interface FeaturesResult {
  /** Images that are now in the cache; files of equal content count once. */
  readonly images: number
  readonly views: number
  /** Views that were not in the cache before. */
  readonly computed: number
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** The file written with `out`. */
  readonly part: string | null
  readonly seconds: number
}

/**
 * Computes bottlenecks into the cache, here or by the workers of a queue: those of all images that `extendModel` with
 * the same model, folders, `rehearsal`, `augment` and `seed` reads, so that it need not compute them. Bottlenecks in
 * the cache are not computed again; a run that was killed resumes where it stopped.
 *
 * @throws NpluskError `NOT_FOUND`, `BAD_INPUT`, `BAD_MODEL`, `USAGE`, `DEVICE_UNAVAILABLE`, `QUEUE`, `IO`, `ABORTED`
 */
export async function extractFeatures(options: FeaturesOptions): Promise<FeaturesResult> {
  const { augment, seed, shard, out, queue, signal, onProgress } = withDefaults(options)
  const started = performance.now()
  if (out !== undefined) await checkWrittenFile(out, 'the features')
  // Samples must be those of `extendModel`, on every machine and for every shard: preprocessing found by trial must not
  // differ.
  const { sets, classes, samples } = await imagesToAdd([options.folder].flat(), options.rehearsal)
  const files = sets.flatMap((set) => filesOfShard(set.folder, set.files, shard))
  const { backbone } = await openBackbone({ ...options, samples })
  throwIfAborted(signal)

  // In the form that `extendModel` uses on this device, whichever process computes.
  await using cache = await openBottleneckCache(backbone, options)
  let done = 0
  const report = (count: number) => {
    done += count
    onProgress?.({ type: 'progress', stage: 'extract', done, total: files.length, unit: 'images' })
  }
  report(0)
  const skipped: { file: string; reason: string }[] = []
  const keys: string[] = []
  const viewsOf = viewsAhead(augment, seed, classes)
  let images = 0
  let views = 0
  async function* hashed(): AsyncGenerator<HashedImage, void, void> {
    const onSkipped = (file: string, reason?: string) => {
      report(1)
      if (reason !== undefined) skipped.push({ file, reason })
    }
    for await (const plain of viewsOfFiles(files, { augment: 0, seed, signal, onProgress }, onSkipped)) {
      const image = { ...plain, views: viewsOf(plain.file, plain.hash) }
      images++
      views += image.views.length
      if (out !== undefined) keys.push(...viewKeysOf(cache, image))
      // Absolute, as workers have working folders of their own.
      yield queue === undefined ? image : { ...image, file: resolve(image.file) }
    }
  }
  const { computed, unreadable } =
    queue === undefined
      ? await extractStream(cache, hashed(), report, { signal, onProgress })
      : await (
          await computeOnQueue()
        )(hashed(), { ...cache, queue, signal, onProgress, onImage: () => report(1) })

  if (out !== undefined) {
    const { store, shape } = cache
    await writePart(out, { keys: keys.filter((key) => store.has(key, shape)), store, shape }, options)
  }
  const lost = unreadable.reduce((sum, { file }) => sum + viewsOf(file, '').length, 0)
  return {
    images: images - unreadable.length,
    views: views - lost,
    computed,
    unreadable: [...skipped, ...unreadable],
    part: out ?? null,
    seconds: (performance.now() - started) / 1000,
  }
}

function withDefaults({
  augment = defaultAugment,
  seed = defaultSeed,
  shard = { index: 1, count: 1 },
  out,
  ...options
}: FeaturesOptions) {
  return { ...options, augment, seed, shard, out: out === undefined ? undefined : resolve(out) }
}

/** BullMQ and its client are loaded only when there is a queue. */
async function computeOnQueue() {
  return (await import('../queue/compute-on-queue.js')).computeOnQueue
}
