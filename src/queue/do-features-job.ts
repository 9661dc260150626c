import type { Redis } from 'ioredis'
import { extract, viewKeysOf } from '../features/extract.js'
import type { Bottleneck, Bottlenecks } from '../features/store.js'
import type { Session } from '../runtime/session.js'
import type { FeaturesJob, FeaturesOutcome } from './jobs.js'
import { checkSameFile } from './same-file.js'
import { sharedKeys, shareBottlenecks } from './shared-bottlenecks.js'

/**
 * Computes those bottlenecks of a job that Redis lacks, and stores them there. Repeating a job is harmless.
 *
 * @throws NpluskError `QUEUE` as `checkSameFile`
 */
export async function doFeaturesJob(
  { backbone, hasFurther, preprocess, images }: FeaturesJob,
  { redis, session, machine }: { redis: Redis; session: Session; machine: string },
): Promise<FeaturesOutcome> {
  const keys = images.map((image) => viewKeysOf({ preprocess, graphKey: backbone }, image))
  const shared = await sharedKeys(redis, keys.flat())
  const missing = images.filter((_, i) => keys[i]!.some((key) => !shared.has(key)))
  // Another file is refused here, so that another machine gets the job; `extract` checks the bytes that it decodes.
  await Promise.all(missing.map(({ file, hash }) => checkSameFile(file, hash, machine)))
  const results = new Map<string, Bottleneck>()
  const { computed, unreadable } = await extract(
    { session, store: jobStore(shared, results), preprocess, graphKey: backbone, hasFurther },
    missing,
    'extract',
  )
  await shareBottlenecks(redis, results)
  return { computed, unreadable }
}

/** A store for one job, which knows the keys in Redis and keeps the new results. */
function jobStore(shared: ReadonlySet<string>, results: Map<string, Bottleneck>): Bottlenecks {
  return {
    has: (key) => shared.has(key) || results.has(key),
    get: (key) => results.get(key),
    putAll(entries) {
      for (const [key, bottleneck] of entries) results.set(key, bottleneck)
    },
  }
}
