import { randomBytes } from 'node:crypto'
import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ioError } from './errors.js'
import { makeFolder } from './make-folder.js'
import { pathToReplace } from './written-file.js'

/** A name beside `path` that no reader takes for the finished file. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
}

/** Milliseconds after which no writer can still be at work. */
const abandonedAfter = 3_600_000

/**
 * Deletes temporary files and folders more than an hour old, left behind by processes that were killed. What cannot be
 * deleted stays.
 *
 * @param isOurs whether a temporary file may be deleted, by the name of the finished file
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

/** A file's content, in one piece or piece by piece; pieces are never all in memory. */
export type FileContent = Uint8Array | string | Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>

/**
 * Writes a file so that readers find the old content or the new, never a part; creates its folder if missing. A link
 * stays, and what it leads to is written.
 *
 * @throws NpluskError `BAD_INPUT` where a device or a pipe is, `IO` when the file system refuses, and whatever the
 * pieces throw; nothing is left behind
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  let temporary: string | undefined
  try {
    makeFolder(dirname(path))
    const target = await pathToReplace(path)
    temporary = temporaryName(target)
    await writeSynced(temporary, content)
    await rename(temporary, target)
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined)
    throw ioError(error, `write ${path}`)
  }
}

/** Writes a file of an existing folder and flushes it to disk; not atomic. */
export async function writeSynced(path: string, content: FileContent): Promise<void> {
  const handle = await open(path, 'w')
  try {
    const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content
    for await (const piece of pieces) await handle.writeFile(piece)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
