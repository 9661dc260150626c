import type { Redis } from 'ioredis'
import { isOfShape } from '../features/entry.js'
import { checkShape, viewKeysOf, type BottleneckSource, type HashedImage } from '../features/extract.js'
import type { BottleneckStore } from '../features/store.js'
import { dropBottlenecks, fetchBottlenecks } from './shared-bottlenecks.js'

/** Moves bottlenecks from Redis into the store. */
export class Collector {
  readonly #redis: Redis
  readonly #store: BottleneckStore
  readonly #keys: BottleneckSource
  /** Number of views moved so far. */
  collected = 0

  constructor(redis: Redis, store: BottleneckStore, keys: BottleneckSource) {
    this.#redis = redis
    this.#store = store
    this.#keys = keys
  }

  /**
   * Moves the bottlenecks that Redis has for these images. Those of other lengths are dropped, to be computed anew.
   *
   * @param areNew whether workers have just computed them
   * @throws NpluskError `BAD_BUNDLE` where new ones have other lengths: the backbone itself gives such
   */
  async collect(images: readonly HashedImage[], areNew: boolean): Promise<void> {
    if (images.length === 0) return
    const { shape } = this.#keys
    const keys = images.flatMap((image) => this.#keysOf(image))
    const found = await fetchBottlenecks(this.#redis, keys)
    const fitting = found.filter(([, { features, logits }]) =>
      isOfShape({ dim: features.length, classes: logits.length }, shape),
    )
    this.#store.putAll(fitting)
    this.collected += fitting.length
    // Only now that the store has them: after a crash in between, they are still in Redis.
    await dropBottlenecks(
      this.#redis,
      found.map(([key]) => key),
    )
    if (areNew) for (const [, bottleneck] of found) checkShape(bottleneck, shape)
  }

  /** The image with only those views that the store lacks; `undefined` where it lacks none. */
  missing(image: HashedImage): HashedImage | undefined {
    const keys = this.#keysOf(image)
    const views = image.views.filter((_, i) => !this.#store.has(keys[i]!, this.#keys.shape))
    return views.length === 0 ? undefined : { file: image.file, hash: image.hash, views }
  }

  #keysOf(image: HashedImage): string[] {
    return viewKeysOf(this.#keys, image)
  }
}
