import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { temporaryName, writeSynced, type FileContent } from './atomic-write.js'
import { ioError } from './errors.js'
import { makeFolder } from './make-folder.js'
import { pathToReplace } from './written-file.js'

/**
 * Writes a folder so that readers find all of it or none. An existing folder is replaced: it is first moved aside,
 * because no file system call swaps two folders, and moved back if the new one cannot take its place. A link stays,
 * and what it leads to is written.
 *
 * @param files contents by path below the folder, with `/`
 * @throws NpluskError `IO` when the file system refuses; nothing is left behind
 */
export async function writeFolderAtomic(folder: string, files: ReadonlyMap<string, FileContent>): Promise<void> {
  const target = await pathToReplace(folder)
  const staging = temporaryName(target)
  try {
    makeFolder(staging)
    for (const [path, content] of files) {
      makeFolder(dirname(join(staging, path)))
      await writeSynced(join(staging, path), content)
    }
    await putInPlace(staging, target)
  } catch (error) {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined)
    throw ioError(error, `write ${folder}`)
  }
}

async function putInPlace(staging: string, folder: string): Promise<void> {
  const aside = temporaryName(folder)
  const existed = await rename(folder, aside).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return false
    },
  )
  try {
    await rename(staging, folder)
  } catch (error) {
    if (existed) await rename(aside, folder)
    throw error
  }
  if (existed) await rm(aside, { recursive: true, force: true }).catch(() => undefined)
}
