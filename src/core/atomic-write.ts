import { randomBytes } from 'node:crypto'
import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ioError } from './errors.js'
import { makeFolder } from './make-folder.js'

/** A name beside `path` that no reader takes for the finished file. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
}

/** Nobody takes this long to write, in milliseconds. */
const abandonedAfter = 3_600_000

/**
 * Deletes files and folders with temporary names that are more than an hour old: they are of processes that were
 * killed. What cannot be deleted stays.
 *
 * @param isOurs told the name of the finished file
 */
export async function removeAbandoned(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  const names: string[] = await readdir(folder).catch(() => [])
  for (const name of names) {
    const finished = /^\.(.+)\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1]
    if (finished === undefined || !isOurs(finished)) continue
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > abandonedAfter) {
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
    }
  }
}

/**
 * Writes a file so that readers find the old content or the new, never a part; makes its folder where it is missing.
 *
 * @throws NpluskError `IO` when the file system refuses; nothing is left behind
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = temporaryName(path)
  try {
    await writeSynced(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw ioError(error, `write ${path}`)
  }
}

/** Writes a file to the disk itself, its folder first where it is missing; it is not atomic. */
export async function writeSynced(path: string, content: Uint8Array | string): Promise<void> {
  makeFolder(dirname(path))
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
