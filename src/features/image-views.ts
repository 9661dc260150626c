import type { HashedImage } from './extract.js'
import { messageOf, NpluskError, throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { augmentViews } from '../image/augment.js'
import { hashFile } from '../core/hash-file.js'
import { plainView } from '../image/types.js'

/** Views of an image. */
export interface ViewOptions {
  /** Number of augmented views, besides the plain one. */
  readonly augment: number
  readonly seed: number
}

/**
 * The views of an image for training. Augmented views are drawn by content, so that moving or renaming a file changes
 * nothing.
 *
 * @throws NpluskError `BAD_INPUT` when the file cannot be read
 */
export async function viewsOfFile(file: string, { augment, seed }: ViewOptions): Promise<HashedImage> {
  const hash = await hashFile(file).catch((cause: unknown) => {
    throw new NpluskError('BAD_INPUT', `Cannot read "${file}" (${messageOf(cause)}); mend or remove it.`, { cause })
  })
  return { file, hash, views: [plainView, ...augmentViews(augment, seed, hash)] }
}

/**
 * Yields the views of many images. Files with equal content come once; a file that cannot be read causes a warning.
 *
 * @param onSkipped called for every skipped file, with a reason if it cannot be read, and else with the file that it
 * equals
 */
export async function* viewsOfFiles(
  files: readonly string[],
  { augment, seed, signal, onProgress }: ViewOptions & CallOptions,
  onSkipped: (file: string, reason?: string, equal?: string) => void,
): AsyncGenerator<HashedImage, void, void> {
  const firstOf = new Map<string, string>()
  for (const file of files) {
    throwIfAborted(signal)
    try {
      const image = await viewsOfFile(file, { augment, seed })
      const first = firstOf.get(image.hash)
      if (first !== undefined) onSkipped(file, undefined, first)
      else {
        firstOf.set(image.hash, file)
        yield image
      }
    } catch (error) {
      if (!(error instanceof NpluskError) || error.code !== 'BAD_INPUT') throw error
      onProgress?.({ type: 'warning', code: 'UNREADABLE_IMAGE', message: error.message })
      onSkipped(file, error.message)
    }
  }
}
