import type { PassedOverKind } from '../image/passed-over.js'
import type { ExtractedTable } from './features.js'

/** What became of files: the first is the sum of the others. */
export interface ImageCounts {
  readonly given: number
  /** Images that training counts. */
  readonly used: number
  readonly unreadable: number
  /** Files with the content of another in the same class or in several, and near-duplicates: they are counted with their twins. */
  readonly duplicate: number
  /** Files that belong to no class or are no pictures. */
  readonly passedOver: number
}

/** Counts what became of the images of classes, and of the files beside them. */
export function countOf(
  images: readonly unknown[],
  { unreadable, duplicates, nearDuplicates }: ExtractedTable,
  passedOver: readonly PassedOverKind[],
): ImageCounts {
  const beside = passedOver.reduce((sum, { count }) => sum + count, 0)
  const duplicate = duplicates + nearDuplicates
  return {
    given: images.length + beside,
    used: images.length - unreadable.length - duplicate,
    unreadable: unreadable.length,
    duplicate,
    passedOver: beside,
  }
}
