import type { Redis } from 'ioredis'
import { viewKeysOf, type BottleneckSource, type HashedImage } from '../features/extract.js'
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

  /** Moves the bottlenecks that Redis has for these images. */
  async collect(images: readonly HashedImage[]): Promise<void> {
    if (images.length === 0) return
    const keys = images.flatMap((image) => this.#keysOf(image))
    const found = await fetchBottlenecks(this.#redis, keys, this.#keys.shape)
    this.#store.putAll(found)
    this.collected += found.length
    // Only now that the store has them: after a crash in between, they are still in Redis.
    await dropBottlenecks(
      this.#redis,
      found.map(([key]) => key),
    )
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
