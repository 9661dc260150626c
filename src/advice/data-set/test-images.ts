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
 * Lists the images of a folder that may have class folders or not.
 *
 * @throws NpluskError `NOT_FOUND`, `IO`, `BAD_INPUT` where it holds no image
 */
export async function testImagesOf(folder: string, { signal }: CallOptions): Promise<ComparedImage[]> {
  try {
    const { folders } = await findClasses([folder], 'evaluate', { signal })
    return folders.flatMap(({ label, files }) => files.map((file) => ({ file, folder: label })))
  } catch (error) {
    if (!(error instanceof NpluskError) || error.code !== 'BAD_INPUT') throw error
    return (await listImages(folder)).map((file) => ({ file, folder: undefined }))
  }
}
