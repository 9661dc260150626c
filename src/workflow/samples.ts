import { listImages, type ClassFolder } from '../image/folder.js'
import { evenly } from '../model/find-input.js'

/** How many photographs of each kind finding out a classifier's preprocessing looks at. */
const samplesOfEach = 12

/**
 * Photographs to find out a classifier's preprocessing with: as many new as old ones, because a classifier is surest
 * of the classes it knows.
 *
 * @param rehearsal as in `ExtendOptions`; only a folder has images
 */
export async function samplesOf(folders: readonly ClassFolder[], rehearsal: string | undefined): Promise<string[]> {
  const isFolder = rehearsal !== undefined && rehearsal !== 'builtin' && rehearsal !== 'none'
  const old = isFolder ? await listImages(rehearsal) : []
  const added = folders.flatMap(({ files }) => files)
  return [...evenly(added, samplesOfEach), ...evenly(old, samplesOfEach)]
}
