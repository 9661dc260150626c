import { createReadStream } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { writeFolderAtomic } from './atomic-folder.js'
import { NpluskError, readError } from './errors.js'

/**
 * Refuses a place for copies where something is: only a new path or an empty folder will do.
 *
 * @param from the folder of the originals, where copies would be taken for originals the next time
 * @throws NpluskError `CONFLICT`; `IO`
 */
export async function checkCopyPlace(folder: string, from?: string): Promise<void> {
  if (from !== undefined && (await isBelow(folder, from)))
    throw occupied(`${folder} lies in ${from}, where the copies would be suggested too`)
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

/** Whether a path, which need not exist, leads into a folder, through links too. */
async function isBelow(path: string, folder: string): Promise<boolean> {
  const root = await realpath(folder).catch(() => undefined)
  for (let above = resolve(path); ; above = dirname(above)) {
    const real = await realpath(above).catch(() => undefined)
    if (real !== undefined) return root !== undefined && (real === root || real.startsWith(join(root, sep)))
    if (above === dirname(above)) return false
  }
}

function occupied(problem: string): NpluskError {
  return new NpluskError('CONFLICT', `${problem}.`, { remedy: { kind: 'choose-another', option: 'copyTo' } })
}
