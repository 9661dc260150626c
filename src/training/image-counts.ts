import type { AddedClass } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import type { PassedOverKind } from '../folders/passed-over.js'
import type { ExtractedTable } from './image-table.js'
import type { NewClass } from '../classes/labels.js'

/** What became of files: the first is the sum of the others. */
export interface ImageCounts {
  readonly given: number
  /** Images that training counts. */
  readonly used: number
  readonly unreadable: number
  /**
   * Files with the content of another in the same class or in several, pictures that their class had already, and
   * near-duplicates: they are counted with their twins.
   */
  readonly duplicate: number
  /** Files that belong to no class or are no pictures. */
  readonly passedOver: number
}

/**
 * Counts what became of the images of classes, and of the files beside them.
 *
 * @param given number of images
 * @param known number of pictures that their class had already
 */
export function countOf(
  given: number,
  { unreadable, duplicates, nearDuplicates }: ExtractedTable,
  passedOver: readonly PassedOverKind[],
  known: number,
): ImageCounts {
  const beside = passedOver.reduce((sum, { count }) => sum + count, 0)
  const duplicate = duplicates + nearDuplicates + known
  return {
    given: given + beside,
    used: given - unreadable.length - duplicate,
    unreadable: unreadable.length,
    duplicate,
    passedOver: beside,
  }
}

/**
 * The classes with the number of their images.
 *
 * @throws NpluskError `BAD_INPUT` naming a class of which no image could be read
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
