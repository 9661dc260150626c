import type { PassedOverKind } from '../image/passed-over.js'
import type { ExtractedTable } from './features.js'

/** What became of files: the first is the sum of the others. */
export interface ImageCounts {
  readonly given: number
  /** Images that were learnt from. */
  readonly used: number
  readonly unreadable: number
  /** Files with the content of another in the same class, or in several classes. */
  readonly duplicate: number
  /** Files that belong to no class or are no pictures. */
  readonly passedOver: number
}

/** Counts what became of the images of classes, and of the files beside them. */
export function countOf(
  images: readonly unknown[],
  { unreadable, duplicates }: ExtractedTable,
  passedOver: readonly PassedOverKind[],
): ImageCounts {
  const beside = passedOver.reduce((sum, { count }) => sum + count, 0)
  return {
    given: images.length + beside,
    used: images.length - unreadable.length - duplicates,
    unreadable: unreadable.length,
    duplicate: duplicates,
    passedOver: beside,
  }
}
