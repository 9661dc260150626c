import { rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeSynced, type FileContent } from './atomic-write.js'
import { ioError } from './errors.js'
import { flushChange, flushFolder } from './flush.js'
import { makeFolder } from './make-folder.js'
import { asideOf, removeAbandoned, temporaryName } from './temporary.js'
import { pathToReplace } from './written-file.js'

/**
 * Writes a folder so that readers find all of it or none, as `putFolderInPlace` says. A link stays, and what it leads
 * to is written.
 *
 * @param files contents by path below the folder, with `/`
 * @throws NpluskError `IO` when the file system refuses; nothing is left behind
 */
export async function writeFolderAtomic(folder: string, files: ReadonlyMap<string, FileContent>): Promise<void> {
  const target = await pathToReplace(folder)
  const staging = temporaryName(target)
  try {
    makeFolder(staging)
    const folders = new Set([staging])
    for (const [path, content] of files) {
      const file = join(staging, path)
      makeFolder(dirname(file))
      folders.add(dirname(file))
      await writeSynced(file, content)
    }
    for (const one of folders) await flushFolder(one)
    await putFolderInPlace(staging, target)
    await removeAbandoned(dirname(target))
  } catch (error) {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined)
    throw ioError(error, `write ${folder}`)
  }
}

/**
 * Lets a complete, flushed folder under a `temporaryName` take its place. An existing one is first moved aside, because
 * no call of Node swaps two folders, and moved back if the new one cannot take its place: for an instant none is there.
 * A process that is killed in this instant leaves both beside the place, and whoever calls `removeAbandoned` next puts
 * the new one there.
 *
 * @throws the file system's error where the old folder stays; NpluskError `IO` as `flushChange`
 */
export async function putFolderInPlace(staging: string, folder: string): Promise<void> {
  const aside = asideOf(staging)
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
    // Another process may have found both, and done it.
    const isDone = (await isGone(staging)) && !(await isGone(folder))
    if (existed && !isDone) await rename(aside, folder)
    if (!isDone) throw error
  }
  await flushChange(dirname(folder), folder)
  if (existed) await rm(aside, { recursive: true, force: true }).catch(() => undefined)
}

async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  )
}
