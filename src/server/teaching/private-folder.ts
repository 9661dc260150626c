import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const prefix = 'nplusk-lessons-'

/** A temporary folder that only this user may enter; dispose of it to delete it. */
export interface PrivateFolder extends AsyncDisposable {
  readonly path: string
}

/**
 * Makes a temporary folder for uploads, and deletes those of this user whose processes ended without doing so.
 *
 * @param parent @default the system's folder for temporary files
 */
export async function openPrivateFolder(parent = tmpdir()): Promise<PrivateFolder> {
  // mkdtemp makes it for this user alone.
  const path = await mkdtemp(join(parent, prefix))
  const release = await showLife(path)
  await deleteAbandoned(parent, (await lstat(path)).uid)
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
      await release()
    },
  }
}

/**
 * The socket that a process listens at while it uses a folder. The system closes it with the process, whatever ends
 * that. Other than names outside the file system it is seen from every container that sees the folder.
 */
const socketOf = (folder: string) => join(folder, '.live')

/** Bytes that every system takes for the path of a socket: macOS has the fewest. */
const longestName = 103

/** @returns ends it */
async function showLife(folder: string): Promise<() => Promise<unknown>> {
  // A longer name would be cut off in silence.
  if (Buffer.byteLength(socketOf(folder)) > longestName) return () => Promise.resolve()
  const server = createServer((socket) => socket.destroy())
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ path: socketOf(folder), exclusive: true }, () => resolve(true))
  })
  // Windows has no such sockets, nor have some file systems: without one, the folder is nobody's to delete.
  if (!isListening) return () => Promise.resolve()
  server.unref()
  return () => new Promise((resolve) => server.close(resolve))
}

async function deleteAbandoned(parent: string, uid: number): Promise<void> {
  const names = await readdir(parent).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const folder = join(parent, name)
    if (await isAbandoned(folder, uid)) await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Whether a folder is the user's, and its process has ended. */
async function isAbandoned(folder: string, uid: number): Promise<boolean> {
  try {
    const [place, socket] = [await lstat(folder), await lstat(socketOf(folder))]
    if (!place.isDirectory() || place.uid !== uid || !socket.isSocket() || socket.uid !== uid) return false
    return await isRefused(socketOf(folder))
  } catch {
    // Without a socket it has only just been made, or is about to be deleted.
    return false
  }
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => (socket.destroy(), resolve(false)))
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })
}
