import { open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ioError } from './errors.js'
import { renameFlushed } from './flush.js'
import { makeFolder } from './make-folder.js'
import { removeAbandoned, temporaryName } from './temporary.js'
import { pathToReplace } from './written-file.js'

/** A file's content, in one piece or piece by piece; pieces are never all in memory. */
export type FileContent = Uint8Array | string | Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>

/**
 * Writes a file so that readers find the old content or the new, never a part, after a power failure too; creates its
 * folder if missing. A link stays, and what it leads to is written.
 *
 * @throws NpluskError `BAD_INPUT` where a device or a pipe is, `IO` when the file system refuses, and whatever the
 * pieces throw; nothing is left behind
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  await replaceFile(path, (temporary) => writeSynced(temporary, content))
}

/**
 * As `writeFileAtomic`, for a file that is written in a way of its own.
 *
 * @param write writes the file under a temporary name and flushes it
 */
export async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  let temporary: string | undefined
  try {
    makeFolder(dirname(path))
    const target = await pathToReplace(path)
    temporary = temporaryName(target)
    await write(temporary)
    await renameFlushed(temporary, target)
    await removeAbandoned(dirname(target))
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
