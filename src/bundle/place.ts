import { constants } from 'node:fs'
import { access, mkdir, readdir, realpath, rmdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isMountPoint } from '../core/mount-point.js'
import { temporaryName } from '../core/temporary.js'
import { pathToReplace } from '../core/written-file.js'
import { NpluskError, ioError } from '../core/errors.js'
import { makeFolder } from '../core/make-folder.js'
import type { Remedy } from '../core/remedies.js'
import { isBundle } from './layout.js'
import type { Bundle } from './bundle.js'

/**
 * Fails early, before any work, if the bundle could not be written.
 *
 * @param extended the bundle that is extended, which the new one may replace; any other bundle is in the way
 * @throws NpluskError `IO` when the folder cannot be written, `CONFLICT` when something else is there
 */
export async function checkWritable(folder: string, extended?: Bundle): Promise<void> {
  try {
    const found = await stat(folder).catch(() => undefined)
    if (found && !found.isDirectory()) throw conflict(`${folder} is a file`)
    const holdsBundle = await isBundle(folder)
    if (found && !holdsBundle) await checkReplaceable(folder)
    if (holdsBundle && !(extended && (await isSamePlace(folder, extended.folder)))) {
      throw conflict(`${folder} holds another bundle`, { kind: 'extend-instead', bundle: folder })
    }
    if (holdsBundle) {
      await access(folder, constants.W_OK)
    } else {
      const place = await pathToReplace(folder)
      makeFolder(dirname(place))
      // Permissions do not tell whether the file system is read-only, so a folder is created and removed.
      const probe = temporaryName(place)
      await mkdir(probe)
      await rmdir(probe)
    }
  } catch (error) {
    throw ioError(error, `write the bundle ${folder}`)
  }
}

/** A new bundle replaces an empty folder by a rename, which is impossible for a mount point. */
async function checkReplaceable(folder: string): Promise<void> {
  if ((await readdir(folder)).length > 0) {
    throw conflict(`${folder} holds other files and no bundle`)
  }
  if (await isMountPoint(folder)) {
    throw conflict(`${folder} is a mount point`, { kind: 'choose-folder-inside' })
  }
}

function conflict(problem: string, remedy: Remedy = { kind: 'choose-another', option: 'out' }): NpluskError {
  return new NpluskError('CONFLICT', `${problem}.`, { remedy })
}

/** Whether two paths lead to the same folder. */
async function isSamePlace(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => realpath(path).catch(() => resolve(path))))
  return one === other
}

/** The revision for a bundle written to a folder: one more than that of the bundle that it replaces, else 1. */
export async function revisionAt(folder: string, extended: Bundle | undefined): Promise<number> {
  return extended && (await isSamePlace(folder, extended.folder)) ? extended.manifest.revision + 1 : 1
}
