import { mkdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ioError, NpluskError } from '../core/errors.js'
import { makeFolder } from '../core/make-folder.js'
import { withinBytes } from '../core/short-name.js'

/** Longest part of a folder's name that an increment's name gives, in bytes; the date and a number follow it. */
const longest = 100

/**
 * Says early what would fail late.
 *
 * @throws NpluskError `BAD_INPUT` where the folder is a file, `IO` where a part of its path is one
 */
export async function checkLogFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw ioError(error, `write to ${folder}`)
  })
  if (!found || found.isDirectory()) return
  throw new NpluskError('BAD_INPUT', `${folder} is a file, and event files need a folder; give the name of one.`)
}

/**
 * Makes a folder for a training, as TensorBoard tells trainings apart by their folders.
 *
 * @param name of the increment
 * @param date when it was trained
 * @returns its path
 * @throws NpluskError `IO`
 */
export function makeTrainingFolder(folder: string, name: string, date: Date): string {
  const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '')
  const stamp = date.toISOString().slice(0, 19).replace(/[:-]/g, '')
  // Of a name without letters nothing is left.
  const first = join(folder, plain === '' ? stamp : `${withinBytes(plain, longest)}-${stamp}`)
  try {
    makeFolder(folder)
    for (let number = 1; ; number++) {
      const path = number === 1 ? first : `${first}-${number}`
      if (isMade(path)) return path
    }
  } catch (error) {
    throw ioError(error, `write to ${folder}`)
  }
}

/** Whether the folder was not there before. */
function isMade(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
