import { NpluskError } from '../../core/errors.js'
import type { CallOptions } from '../../core/progress.js'
import { findClasses } from '../../folders/class-folders.js'
import { listImages } from '../../folders/folder.js'

/** An image to compare with, and the class folder it lies in, if any. */
export interface ComparedImage {
  readonly file: string
  readonly folder: string | undefined
}

/**
 * Lists the images of a folder that may have class folders or not, those beside the class folders last.
 *
 * @throws NpluskError `NOT_FOUND`, `IO`, `BAD_INPUT` where it holds no image
 */
export async function testImagesOf(folder: string, { signal }: CallOptions): Promise<ComparedImage[]> {
  try {
    const { folders } = await findClasses([folder], 'evaluate', { signal })
    const inClasses = folders.flatMap(({ label, files }) => files.map((file) => ({ file, folder: label })))
    const known = new Set(inClasses.map(({ file }) => file))
    const beside = (await listImages(folder)).filter((file) => !known.has(file))
    return [...inClasses, ...beside.map((file) => ({ file, folder: undefined }))]
  } catch (error) {
    if (!(error instanceof NpluskError) || error.code !== 'BAD_INPUT') throw error
    return (await listImages(folder)).map((file) => ({ file, folder: undefined }))
  }
}
