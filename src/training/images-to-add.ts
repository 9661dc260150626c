import { NpluskError } from '../core/errors.js'
import { listClasses, listImages, type ClassFolder } from '../folders/folder.js'
import { rehearsalFolder, samplesOf } from '../classifier/samples.js'

/** A folder that an addition reads, and the images in it. */
export interface ImageSet {
  readonly folder: string
  readonly files: readonly string[]
}

/**
 * What an addition of the same folders will look at: the images of them all, those of a rehearsal folder too, and the
 * samples by which it finds out how a classifier takes its pictures.
 *
 * @param add folders of images, with class folders or without
 * @param rehearsal as in `ExtendOptions`
 * @throws NpluskError `NOT_FOUND`, `BAD_INPUT`, `IO`
 */
export async function imagesToAdd(
  add: readonly string[],
  rehearsal: string | undefined,
): Promise<{ sets: ImageSet[]; samples: Awaited<ReturnType<typeof samplesOf>> }> {
  const old = rehearsalFolder(rehearsal)
  const folders = old === undefined ? add : [...add, old]
  const sets = await Promise.all(folders.map(async (folder) => ({ folder, files: await listImages(folder) })))
  const classes = (await Promise.all(add.map(classesOf))).flat()
  return { sets, samples: await samplesOf(classes, rehearsal) }
}

/** The classes that an addition finds, in its order; one of all images where it would refuse the folder. */
async function classesOf(folder: string): Promise<readonly ClassFolder[]> {
  try {
    return await listClasses(folder)
  } catch (error) {
    if (!(error instanceof NpluskError) || error.code !== 'BAD_INPUT') throw error
    return [{ label: '', files: await listImages(folder) }]
  }
}
