import { closeSync, fsyncSync, openSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, NpluskError } from './errors.js'

/**
 * Flushes a folder's names to the disk: which files it holds, and under what names, then outlasts a power failure.
 *
 * @throws the file system's error, such as EIO
 */
export async function flushFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r')
    await handle.sync()
  } catch (error) {
    if (!isUnsupported(error)) throw error
  }
}

/** Flushes a file that another program wrote. */
export async function flushFile(path: string): Promise<void> {
  await using handle = await open(path, 'r+')
  await handle.sync()
}

/** As `flushFolder`, at once. */
export function flushFolderSync(folder: string): void {
  try {
    const file = openSync(folder, 'r')
    try {
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (!isUnsupported(error)) throw error
  }
}

/**
 * Flushes the folder in which a rename has just made a change effective: from here on, a failure undoes nothing.
 *
 * @param what the file or folder that was changed
 * @throws NpluskError `IO` that says that the change took effect
 */
export async function flushChange(folder: string, what: string): Promise<void> {
  await flushFolder(folder).catch((cause: unknown) => {
    const message = `The change to ${what} took effect, but may not outlast a power failure: the device reports an error (${messageOf(cause)}); check it.`
    throw new NpluskError('IO', message, { cause })
  })
}

/**
 * Renames what was flushed before to its final name, and flushes that name.
 *
 * @throws the file system's error where the name is the old one; NpluskError `IO` as `flushChange`
 */
export async function renameFlushed(from: string, to: string): Promise<void> {
  await rename(from, to)
  await flushChange(dirname(to), to)
}

/**
 * Codes of systems and file systems that flush no folders: Windows opens none (EISDIR, EPERM), some network and user
 * space file systems refuse (EINVAL, ENOTSUP, ENOSYS); a folder that may be written but not read (EACCES) cannot be
 * opened.
 */
const unsupported = new Set(['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES'])

function isUnsupported(error: unknown): boolean {
  return unsupported.has((error as NodeJS.ErrnoException).code ?? '')
}
