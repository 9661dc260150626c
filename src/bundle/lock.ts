import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { NpluskError } from '../core/errors.js'

const lockFile = '.lock'
/** The lock is held for a few renamings: one this old, in milliseconds, is of a process that was killed. */
const abandonedAfter = 30_000
const patience = 5_000
const pause = 20

/**
 * Runs `work` while no other process does the same in this folder.
 *
 * @throws NpluskError `CONFLICT` when another process does not finish; what the file system throws
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, lockFile)
  const deadline = Date.now() + patience
  while (!(await take(path))) {
    if (Date.now() > deadline) {
      throw new NpluskError('CONFLICT', `Another process is changing ${folder}; nothing was written, run again later.`)
    }
    await setTimeout(pause)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const taken = await stat(path).catch(() => undefined)
  if (taken && Date.now() - taken.mtimeMs > abandonedAfter) await rm(path, { force: true })
  return false
}
