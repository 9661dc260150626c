import { NpluskError } from '../core/errors.js'
import { listClasses, listImages, type ClassFolder } from '../folders/folder.js'
import { rehearsalFolder, samplesOf } from '../classifier/samples.js'

/** A folder that an extension reads, and the images in it. */
export interface ImageSet {
  readonly folder: string
  readonly files: readonly string[]
}

/**
 * Lists the images that an extension with the same folders would read, including those of a rehearsal folder, the
 * classes that it finds, and the samples from which it works out the preprocessing of a classifier file.
 *
 * @param add folders of images, with or without class folders
 * @param rehearsal as in `ExtendOptions`
 * @throws NpluskError `NOT_FOUND`, `BAD_INPUT`, `IO`
 */
export async function imagesToAdd(
  add: readonly string[],
  rehearsal: string | undefined,
): Promise<{ sets: ImageSet[]; classes: ClassFolder[]; samples: Awaited<ReturnType<typeof samplesOf>> }> {
  const old = rehearsalFolder(rehearsal)
  const folders = old === undefined ? add : [...add, old]
  const sets = await Promise.all(folders.map(async (folder) => ({ folder, files: await listImages(folder) })))
  const classes = (await Promise.all(add.map(classesOf))).flat()
  return { sets, classes, samples: await samplesOf(classes, rehearsal) }
}

/**
 * The classes that an extension finds, in its order; one class of all images where the extension would refuse the
 * folder.
 */
async function classesOf(folder: string): Promise<readonly ClassFolder[]> {
  try {
    return await listClasses(folder)
  } catch (error) {
    if (!(error instanceof NpluskError) || error.code !== 'BAD_INPUT') throw error
    return [{ label: '', files: await listImages(folder) }]
  }
}
