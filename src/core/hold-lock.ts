import { open, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { platform } from 'node:os'

/** Releases a lock. */
export type Release = () => Promise<unknown>

/**
 * Takes the lock that excludes other processes on this machine from a file or folder. The operating system releases it
 * when the process ends, for whatever reason, so there are no stale locks to break.
 *
 * Node has no file locks. Linux and Windows have names that only one listener can hold; macOS has a flag for `open`.
 *
 * @param path what is locked; it exists
 * @param lockFile where macOS keeps the lock: a file that is never deleted, as a lock on a deleted file would not
 * exclude those who create it anew
 * @returns `undefined` where another process, or this one, holds it
 * @throws errors of the file system
 */
export async function holdLock(path: string, lockFile: string): Promise<Release | undefined> {
  const { dev, ino } = await stat(path, { bigint: true })
  // Device and inode identify it whatever path leads to it.
  const name = `nplusk-bundle-${dev}-${ino}`
  // Padded to the full length of such names: some versions of Node pad them, others do not, and both must use one name.
  if (platform() === 'linux') return listen(`\0${name}`.padEnd(108, '-'))
  if (platform() === 'win32') return listen(`\\\\.\\pipe\\${name}`)
  return openLocked(lockFile)
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
  // A lock alone is no reason to go on: a process that forgets to release one ends all the same.
  server.unref()
  return () => new Promise((resolve) => server.close(resolve))
}

/** Flags from <fcntl.h> of macOS and the BSDs: an exclusive lock, without waiting for it. */
const O_RDWR = 0x2
const O_NONBLOCK = 0x4
const O_EXLOCK = 0x20
const O_CREAT = 0x200

async function openLocked(path: string): Promise<Release | undefined> {
  try {
    const file = await open(path, O_RDWR | O_CREAT | O_EXLOCK | O_NONBLOCK)
    return () => file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
    throw error
  }
}
