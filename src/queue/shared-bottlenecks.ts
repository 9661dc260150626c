import type { Redis } from 'ioredis'
import { decodeBottleneck, encodeBottleneck, type Bottleneck, type BottleneckShape } from '../features/entry.js'
import { keepSeconds } from './jobs.js'

/**
 * Bottlenecks on their way through Redis have the keys of the store: who computed them, and in which job, makes no
 * difference.
 */
export type Keyed = readonly [key: string, bottleneck: Bottleneck]

export async function shareBottlenecks(redis: Redis, entries: Iterable<Keyed>): Promise<void> {
  await Promise.all(
    Array.from(entries, ([key, bottleneck]) =>
      redis.set(placeOf(key), encodeBottleneck(bottleneck), 'EX', keepSeconds),
    ),
  )
}

/** Which of the keys Redis has a bottleneck for. */
export async function sharedKeys(redis: Redis, keys: readonly string[]): Promise<Set<string>> {
  const found = await Promise.all(keys.map((key) => redis.exists(placeOf(key))))
  return new Set(keys.filter((_, i) => found[i] === 1))
}

/**
 * Those of the wanted bottlenecks that are there; they stay until they are dropped. What is no sound one is dropped at
 * once: workers take what is there for done.
 */
export async function fetchBottlenecks(
  redis: Redis,
  keys: readonly string[],
  shape?: BottleneckShape,
): Promise<Keyed[]> {
  const values = await redis.mgetBuffer(keys.map(placeOf))
  const found: Keyed[] = []
  const damaged: string[] = []
  for (const [i, value] of values.entries()) {
    if (value === null) continue
    const bottleneck = decodeBottleneck(value, shape)
    if (bottleneck === undefined) damaged.push(keys[i]!)
    else found.push([keys[i]!, bottleneck])
  }
  await dropBottlenecks(redis, damaged)
  return found
}

export async function dropBottlenecks(redis: Redis, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await redis.del(keys.map(placeOf))
}

function placeOf(key: string): string {
  return `nplusk:bottleneck:${key}`
}
