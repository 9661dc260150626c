import type { AddedClass } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import type { PassedOverKind } from '../folders/passed-over.js'
import type { ExtractedTable } from './image-table.js'
import type { NewClass } from '../classes/labels.js'

/** What became of the files: `given` is the sum of the other counts. */
export interface ImageCounts {
  readonly given: number
  /** Images that training uses. */
  readonly used: number
  readonly unreadable: number
  /**
   * Files with the same content as another, in one class or in several; images that their class already had; and
   * near-duplicates.
   */
  readonly duplicate: number
  /** Files that belong to no class or are not images. */
  readonly passedOver: number
}

/**
 * Counts what became of the images of the classes, and of the other files in the folders.
 *
 * @param given number of images
 * @param known number of images that their class already had
 */
export function countOf(
  given: number,
  { unreadable, duplicates, nearDuplicates }: ExtractedTable,
  passedOver: readonly PassedOverKind[],
  known: number,
): ImageCounts {
  const passedOverFiles = passedOver.reduce((sum, { count }) => sum + count, 0)
  const duplicate = duplicates + nearDuplicates + known
  return {
    given: given + passedOverFiles,
    used: given - unreadable.length - duplicate,
    unreadable: unreadable.length,
    duplicate,
    passedOver: passedOverFiles,
  }
}

/**
 * Adds the number of usable images to each class.
 *
 * @throws NpluskError `BAD_INPUT` naming a class without a usable image
 */
export function withImages(classes: readonly NewClass[], { imagesOfLabel, unreadable }: ExtractedTable): AddedClass[] {
  return classes.map(({ files, grows: _, ...added }, label) => {
    const images = imagesOfLabel.get(label) ?? 0
    if (images === 0) {
      const example = unreadable.find(({ file }) => files.includes(file))
      const reason = example?.reason ?? 'all of them lie in another class too; keep each in one class alone.'
      throw new NpluskError('BAD_INPUT', `No image of the class "${added.folder}" can be used: ${reason}`, {
        data: { class: added.folder, unreadable },
      })
    }
    return { ...added, images }
  })
}
