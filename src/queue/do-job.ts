import type { Redis } from 'ioredis'
import { extract, viewKeysOf, type HashedImage } from '../features/extract.js'
import type { Bottleneck, Bottlenecks } from '../features/store.js'
import { messageOf, NpluskError } from '../core/errors.js'
import { hashFile } from '../core/hash-file.js'
import type { Session } from '../runtime/session.js'
import type { FeaturesJob, FeaturesOutcome } from './jobs.js'
import { sharedKeys, shareBottlenecks } from './shared-bottlenecks.js'

/**
 * Computes those bottlenecks of a job that Redis lacks, and stores them there. Repeating a job is harmless.
 *
 * @throws NpluskError `QUEUE` where a file is missing here or differs from the sender's; another machine may have the
 * right one
 */
export async function doJob(
  { backbone, preprocess, images }: FeaturesJob,
  { redis, session, machine }: { redis: Redis; session: Session; machine: string },
): Promise<FeaturesOutcome> {
  const keys = images.map((image) => viewKeysOf({ preprocess, graphKey: backbone }, image))
  const shared = await sharedKeys(redis, keys.flat())
  const missing = images.filter((_, i) => keys[i]!.some((key) => !shared.has(key)))
  await Promise.all(missing.map((image) => checkFile(image, machine)))
  const results = new Map<string, Bottleneck>()
  const { computed, unreadable } = await extract(
    { session, store: jobStore(shared, results), preprocess, graphKey: backbone },
    missing,
    'extract',
  )
  await shareBottlenecks(redis, results)
  return { computed, unreadable }
}

/** Verifies the content: features of a different file, stored under the sender's hash, would be silently wrong. */
async function checkFile({ file, hash }: HashedImage, machine: string): Promise<void> {
  const found = await hashFile(file).catch((cause: unknown) => {
    const remedy = 'workers need the images under the same paths as the machine that sends them'
    throw new NpluskError('QUEUE', `Cannot read "${file}" on ${machine} (${messageOf(cause)}); ${remedy}.`, { cause })
  })
  if (found === hash) return
  throw new NpluskError(
    'QUEUE',
    `"${file}" on ${machine} is not the file that was sent, by its content; make the path lead to the same file on all machines.`,
  )
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
