import { listImages, type ClassFolder } from '../folders/folder.js'
import type { Samples } from '../preprocessing/trial-images.js'

/**
 * Photographs for finding out a classifier's preprocessing; those of a rehearsal folder show classes that it knows.
 *
 * @param rehearsal as in `ExtendOptions`; only a folder has images
 */
export async function samplesOf(folders: readonly ClassFolder[], rehearsal: string | undefined): Promise<Samples> {
  const folder = rehearsalFolder(rehearsal)
  return {
    old: folder === undefined ? [] : await listImages(folder),
    added: folders.flatMap(({ files }) => files),
  }
}

/** The folder of old images that the option names, if any. */
export function rehearsalFolder(rehearsal: string | undefined): string | undefined {
  return rehearsal === 'builtin' || rehearsal === 'none' ? undefined : rehearsal
}
