import { stat } from 'node:fs/promises'
import { NpluskError, messageOf } from '../core/errors.js'
import { hashFile } from '../core/hash-file.js'
import { adviceOnPath } from '../core/plain-names.js'
import { readWhole, specialKind } from '../core/regular-file.js'
import { mostBytes, type PictureMemory } from './memory.js'
import { tooLarge, unusable } from './problems.js'

/**
 * Reads the file of a picture.
 *
 * @param memory is waited for before the file is read @default it is read at once
 * @throws NpluskError `NOT_FOUND` where there is none; `BAD_INPUT` where it is a folder, a pipe or a device, or cannot
 * be read
 */
export async function readSource(path: string, memory?: PictureMemory): Promise<Uint8Array> {
  return fromFile(path, async (size) => {
    await memory?.forFile(size)
    return readWhole(path)
  })
}

/** SHA-256 of the file of a picture, which is read in pieces; throws as `readSource`. */
export async function hashSource(path: string): Promise<string> {
  return fromFile(path, () => hashFile(path))
}

async function fromFile<Result>(path: string, read: (size: number) => Promise<Result>): Promise<Result> {
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) throw unusable(path, { reason: 'it is a folder' })
    // Reading a pipe, socket or device could go on, or wait, for ever.
    if (!stats.isFile()) {
      throw unusable(path, {
        reason: `it is a ${specialKind(stats)} and no file`,
        remedy: 'save the picture to a file',
      })
    }
    if (stats.size > mostBytes) throw unusable(path, tooLarge.memory(stats.size, mostBytes))
    return await read(stats.size)
  } catch (error) {
    if (error instanceof NpluskError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new NpluskError('NOT_FOUND', `There is no file "${path}"; ${adviceOnPath(path)}.`, { cause: error })
    const denied = code === 'EACCES' || code === 'EPERM'
    throw unusable(path, { reason: denied ? 'permission to read it is denied' : messageOf(error) }, error)
  }
}
