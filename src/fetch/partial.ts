import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { hashOf } from '../core/hash-of.js'
import { holdLock } from '../core/hold-lock.js'
import { abandonedAfter, temporaryName } from '../core/temporary.js'

/** A file that a download is written to before it takes its place; dispose of it to release it. */
export interface PartialFile extends AsyncDisposable {
  readonly path: string
}

/**
 * The file for a download: where its hash is known, one that goes on where an earlier download of this machine was
 * interrupted, however that ended. One process at a time has it, by a lock that the system releases with the process;
 * any other gets a file of its own. Machines that share a folder have a file each, since no lock is common to them.
 *
 * @param file path of the finished file, in an existing folder
 * @param sha256 of the finished file, if known
 * @throws the file system's error
 */
export async function openPartial(file: string, sha256: string | undefined): Promise<PartialFile> {
  const own = {
    path: temporaryName(file),
    [Symbol.asyncDispose]: async () => rm(own.path, { force: true }).catch(() => undefined),
  }
  if (sha256 === undefined) return own
  const path = partialFile(file, sha256)
  await takeOver(path, sha256)
  const handle = await open(path, 'a')
  try {
    const release = await holdLock(path, path).catch(unlessMoved)
    const dispose = async () => void (await release?.().catch(() => undefined))
    // Before it was locked, it may have become the finished file of the process that had it.
    if (release !== undefined && (await isAt(path, await handle.stat())))
      return { path, [Symbol.asyncDispose]: dispose }
    await dispose()
    return own
  } finally {
    await handle.close()
  }
}

/** Whether a file in the cache is the beginning of a download. */
export function isPartial(name: string): boolean {
  return pattern.test(name)
}

const pattern = /^\.([0-9a-f]{16})\.[0-9a-f]{8}\.incomplete$/

/** Where this machine keeps the beginning of a download. */
export function partialFile(file: string, sha256: string): string {
  const machine = hashOf(Buffer.from(hostname())).slice(0, 8)
  return join(dirname(file), `.${sha256.slice(0, 16)}.${machine}.incomplete`)
}

/** Goes on with what another machine, or this one under another name, has left. */
async function takeOver(path: string, sha256: string): Promise<void> {
  if (await isThere(path)) return
  const folder = dirname(path)
  const names = await readdir(folder)
  for (const name of names.filter((one) => pattern.exec(one)?.[1] === sha256.slice(0, 16))) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found === undefined || Date.now() - found.mtimeMs < abandonedAfter) continue
    await rename(join(folder, name), path).catch(() => undefined)
    return
  }
}

/** The file may just have become the finished one of the process that had it. */
function unlessMoved(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

async function isAt(path: string, { ino }: { readonly ino: number }): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.ino === ino
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
