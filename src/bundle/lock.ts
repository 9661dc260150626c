import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { NpluskError } from '../core/errors.js'
import { holdLock, type Release } from '../core/hold-lock.js'

/** Default time to wait for another process, in milliseconds: the lock is held for a few renames only. */
const defaultPatience = 5_000
const pause = 20

/**
 * Runs `work` under a lock that excludes other processes on this machine from the same folder.
 *
 * @param patience how long to wait for the lock, in milliseconds
 * @throws NpluskError `CONFLICT` when another process holds the lock too long; errors of the file system
 */
export async function withLock<T>(folder: string, work: () => Promise<T>, patience = defaultPatience): Promise<T> {
  const deadline = performance.now() + patience
  let release: Release | undefined
  while ((release = await holdLock(folder, join(folder, '.lock'))) === undefined) {
    if (performance.now() > deadline) {
      throw new NpluskError('CONFLICT', `Another process is changing ${folder}; nothing was written, run again later.`)
    }
    await setTimeout(pause)
  }
  try {
    return await work()
  } finally {
    // A failed release must not fail the completed work.
    await release().catch(() => undefined)
  }
}
