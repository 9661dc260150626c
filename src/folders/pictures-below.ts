import { join } from 'node:path'
import type { PassedOver } from './passed-over.js'
import { readFolder, realPath } from './walk.js'

/**
 * Yields the pictures of a folder and its subfolders as `readTree` finds them, and in its order: those of a folder
 * before those of its subfolders. Of all that is below the folder, only the names in one folder at a time, and in those
 * around it, are in memory. A link with a picture's name that leads nowhere is one more, for its reader to say so.
 *
 * @param onPassedOver called with the files of each folder that are not pictures
 * @throws NpluskError as `readTree`
 */
export async function* picturesBelow(
  dir: string,
  onPassedOver: (files: readonly PassedOver[]) => void,
): AsyncGenerator<string, void, void> {
  const { images, folders, passedOver } = await readFolder(dir, true)
  onPassedOver(passedOver)
  for (const name of images) yield join(dir, name)
  const root = await realPath(dir)
  for (const name of folders) yield* enter(join(dir, name), new Set([root]), onPassedOver)
}

async function* enter(
  dir: string,
  entered: Set<string>,
  onPassedOver: (files: readonly PassedOver[]) => void,
): AsyncGenerator<string, void, void> {
  const real = await realPath(dir)
  if (entered.has(real)) return
  entered.add(real)
  const { images, folders, passedOver } = await readFolder(dir, true)
  onPassedOver(passedOver)
  for (const name of images) yield join(dir, name)
  for (const name of folders) yield* enter(join(dir, name), entered, onPassedOver)
}
