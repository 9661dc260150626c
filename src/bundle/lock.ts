import { open, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { NpluskError } from '../core/errors.js'

/** Default time to wait for another process, in milliseconds: the lock is held for a few renames only. */
const defaultPatience = 5_000
const pause = 20

/** Releases a lock. */
type Release = () => Promise<unknown>

/**
 * Runs `work` under a lock that excludes other processes on this machine from the same folder. The operating system
 * releases the lock when the process ends, for whatever reason, so there are no stale locks to break.
 *
 * @param patience how long to wait for the lock, in milliseconds
 * @throws NpluskError `CONFLICT` when another process holds the lock too long; errors of the file system
 */
export async function withLock<T>(folder: string, work: () => Promise<T>, patience = defaultPatience): Promise<T> {
  const deadline = performance.now() + patience
  let release: Release | undefined
  while ((release = await take(folder)) === undefined) {
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

/**
 * Node has no file locks. Linux and Windows have names that only one listener can hold; macOS has a flag for `open`.
 */
async function take(folder: string): Promise<Release | undefined> {
  const { dev, ino } = await stat(folder, { bigint: true })
  // Device and inode identify the folder whatever path leads to it.
  const name = `nplusk-bundle-${dev}-${ino}`
  // Padded to the full length of such names: some versions of Node pad them, others do not, and both must use one name.
  if (platform() === 'linux') return listen(`\0${name}`.padEnd(108, '-'))
  if (platform() === 'win32') return listen(`\\\\.\\pipe\\${name}`)
  return openLocked(join(folder, '.lock'))
}

/** @param path a name outside the file system */
async function listen(path: string): Promise<Release | undefined> {
  const server = createServer((socket) => socket.destroy())
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once('error', resolve)
    // Exclusive, as processes of a cluster would share it otherwise.
    server.listen({ path, exclusive: true }, () => resolve(undefined))
  })
  if (failure?.code === 'EADDRINUSE') return undefined
  if (failure) throw failure
  return () => new Promise((resolve) => server.close(resolve))
}

/** Flags from <fcntl.h> of macOS and the BSDs: an exclusive lock, without waiting for it. */
const O_RDWR = 0x2
const O_NONBLOCK = 0x4
const O_EXLOCK = 0x20
const O_CREAT = 0x200

/** @param path of a file that is never deleted: a lock on a deleted file would not exclude those who create it anew */
async function openLocked(path: string): Promise<Release | undefined> {
  try {
    const file = await open(path, O_RDWR | O_CREAT | O_EXLOCK | O_NONBLOCK)
    return () => file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
    throw error
  }
}
