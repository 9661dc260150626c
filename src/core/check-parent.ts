import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { NpluskError } from './errors.js'

/**
 * Says early that a path leads through a file, so that nothing can be written there. Folders that are missing can be
 * made.
 *
 * @throws NpluskError `BAD_INPUT`
 */
export async function checkParent(path: string): Promise<void> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory() || folder === dirname(folder)) return
    if (found === undefined) continue
    const message = `${path} cannot be written: ${folder} is a file, not a folder; give another path.`
    throw new NpluskError('BAD_INPUT', message)
  }
}
