import { open, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { NpluskError } from '../core/errors.js'

/** Milliseconds to wait for another process: the lock is held for a few renamings. */
const usualPatience = 5_000
const pause = 20

/** Lets go of a lock. */
type Release = () => Promise<unknown>

/**
 * Runs `work` while no other process of this machine does the same in this folder. The system lets go of the lock when
 * the process ends, however that happens: none is ever left behind, so none need be taken away from a process that may
 * still hold it.
 *
 * @throws NpluskError `CONFLICT` when another process does not finish; what the file system throws
 */
export async function withLock<T>(folder: string, work: () => Promise<T>, patience = usualPatience): Promise<T> {
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
    // What was done is done.
    await release().catch(() => undefined)
  }
}

/**
 * Node offers no lock on files; Linux and Windows have names that belong to one listener, macOS has a flag for `open`.
 */
async function take(folder: string): Promise<Release | undefined> {
  const { dev, ino } = await stat(folder, { bigint: true })
  // Whatever path leads to the folder, it is the same one.
  const name = `nplusk-bundle-${dev}-${ino}`
  // As long as such names can be: versions of Node that fill them up mean the same one.
  if (platform() === 'linux') return listen(`\0${name}`.padEnd(108, '-'))
  if (platform() === 'win32') return listen(`\\\\.\\pipe\\${name}`)
  return openLocked(join(folder, '.lock'))
}

/** @param path a name outside the file system */
async function listen(path: string): Promise<Release | undefined> {
  const server = createServer((socket) => socket.destroy())
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once('error', resolve)
    // Exclusive: processes of a cluster would share it.
    server.listen({ path, exclusive: true }, () => resolve(undefined))
  })
  if (failure?.code === 'EADDRINUSE') return undefined
  if (failure) throw failure
  return () => new Promise((resolve) => server.close(resolve))
}

/** From <fcntl.h> of macOS and the BSDs: with an exclusive lock, or not at all. */
const O_RDWR = 0x2
const O_NONBLOCK = 0x4
const O_EXLOCK = 0x20
const O_CREAT = 0x200

/** @param path of a file that stays: deleting it would leave its lock to others on a file that is no more */
async function openLocked(path: string): Promise<Release | undefined> {
  try {
    const file = await open(path, O_RDWR | O_CREAT | O_EXLOCK | O_NONBLOCK)
    return () => file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
    throw error
  }
}
