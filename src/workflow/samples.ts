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
  const folder = rehearsalFolder(rehearsal)
  const old = folder === undefined ? [] : await listImages(folder)
  const added = folders.flatMap(({ files }) => files)
  return [...evenly(added, samplesOfEach), ...evenly(old, samplesOfEach)]
}

/** The folder of old images that the option names, if it names one. */
export function rehearsalFolder(rehearsal: string | undefined): string | undefined {
  return rehearsal === 'builtin' || rehearsal === 'none' ? undefined : rehearsal
}
