import type { Look } from '../image/look.js'
import { fewestToJudge } from './data-set/class-counts.js'
import type { LabelledFile } from './data-set/picture-table.js'
import { minImages } from './faults/giveaways.js'
import { minPictures } from './faults/outliers.js'
import type { JudgedClasses } from './findings.js'

/** Columns, and how often each occurs. */
type Counts = ReadonlyMap<number, number>

/**
 * Counts the classes that have pictures enough to look for what is wrong with them.
 *
 * @param firsts [images] the first copy of each in its class
 * @param looks [images] `undefined` for an image that could not be looked at
 * @param pictures [columns] different pictures that heads learned from
 */
export function judgedClasses(
  images: readonly LabelledFile[],
  firsts: readonly number[],
  looks: readonly (Look | undefined)[],
  pictures: ArrayLike<number>,
): JudgedClasses {
  const different = countsOf(images, (image) => firsts[image] === image)
  const seen = countsOf(images, (image) => looks[image] !== undefined)
  const allSeen = [...seen.values()].reduce((sum, count) => sum + count, 0)
  const classes = (counts: Counts, isJudged: (count: number, column: number) => boolean) =>
    [...counts].filter(([column, count]) => isJudged(count, column)).length
  return {
    giveaways: classes(seen, (count) => Math.min(count, allSeen - count) >= minImages),
    labels: pictures.length < 2 ? 0 : classes(different, (_, column) => pictures[column]! >= fewestToJudge),
    outliers: classes(different, (count) => count >= minPictures),
  }
}

function countsOf(images: readonly LabelledFile[], isCounted: (image: number) => boolean): Counts {
  const counts = new Map<number, number>()
  images.forEach(({ column }, image) => {
    if (isCounted(image)) counts.set(column, (counts.get(column) ?? 0) + 1)
  })
  return counts
}
