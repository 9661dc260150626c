import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { writeFolderAtomic } from './atomic-folder.js'
import { NpluskError, readError } from './errors.js'

/**
 * Refuses a place for copies where something is: only a new path or an empty folder will do.
 *
 * @throws NpluskError `CONFLICT`; `IO`
 */
export async function checkCopyPlace(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    if (error.code === 'ENOTDIR') throw occupied(`${folder} is no folder`)
    throw readError(error, folder)
  })
  if (names.length > 0) throw occupied(`${folder} holds files already`)
}

/**
 * Copies files into a new folder: all of them or none.
 *
 * @param files path of each file by its name in the folder
 */
export async function copyFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await checkCopyPlace(folder)
  await writeFolderAtomic(folder, new Map([...files].map(([name, path]) => [name, contentOf(path)])))
}

async function* contentOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array
  } catch (error) {
    throw readError(error, path)
  }
}

function occupied(problem: string): NpluskError {
  return new NpluskError('CONFLICT', `${problem}.`, { remedy: { kind: 'choose-another', option: 'copyTo' } })
}
