import type { Redis } from 'ioredis'
import { decodeBottleneck, encodeBottleneck, type Bottleneck } from '../features/entry.js'
import { keepSeconds } from './jobs.js'

/** A bottleneck in Redis, under the store's own key: which job or worker computed it makes no difference. */
export type KeyedBottleneck = readonly [key: string, bottleneck: Bottleneck]

export async function shareBottlenecks(redis: Redis, entries: Iterable<KeyedBottleneck>): Promise<void> {
  await Promise.all(
    Array.from(entries, ([key, bottleneck]) =>
      redis.set(redisKey(key), encodeBottleneck(key, bottleneck), 'EX', keepSeconds),
    ),
  )
}

/** Those keys for which Redis has a bottleneck. */
export async function sharedKeys(redis: Redis, keys: readonly string[]): Promise<Set<string>> {
  const found = await Promise.all(keys.map((key) => redis.exists(redisKey(key))))
  return new Set(keys.filter((_, i) => found[i] === 1))
}

/**
 * Reads those of the bottlenecks that Redis has, and leaves them there. Damaged ones are deleted at once: workers skip
 * every key that exists.
 */
export async function fetchBottlenecks(redis: Redis, keys: readonly string[]): Promise<KeyedBottleneck[]> {
  const values = await redis.mgetBuffer(keys.map(redisKey))
  const found: KeyedBottleneck[] = []
  const damaged: string[] = []
  for (const [i, value] of values.entries()) {
    if (value === null) continue
    const bottleneck = decodeBottleneck(keys[i]!, value)
    if (bottleneck === undefined) damaged.push(keys[i]!)
    else found.push([keys[i]!, bottleneck])
  }
  await dropBottlenecks(redis, damaged)
  return found
}

export async function dropBottlenecks(redis: Redis, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await redis.del(keys.map(redisKey))
}

function redisKey(key: string): string {
  return `nplusk:bottleneck:${key}`
}
