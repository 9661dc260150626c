import type { Look } from '../image/look.js'
import { fewestToJudge } from './data-set/class-counts.js'
import type { LabelledFile } from './data-set/picture-table.js'
import { minImages } from './faults/giveaways.js'
import { minPictures } from './faults/outliers.js'
import type { JudgedClasses } from './findings.js'
import { countsOf } from './grouping.js'

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
  const countsWhere = (isCounted: (image: number) => boolean) =>
    countsOf(images.flatMap(({ column }, image) => (isCounted(image) ? [column] : [])))
  const different = countsWhere((image) => firsts[image] === image)
  const seen = countsWhere((image) => looks[image] !== undefined)
  const allSeen = [...seen.values()].reduce((sum, count) => sum + count, 0)
  const classes = (counts: ReadonlyMap<number, number>, isJudged: (count: number, column: number) => boolean) =>
    [...counts].filter(([column, count]) => isJudged(count, column)).length
  return {
    giveaways: classes(seen, (count) => Math.min(count, allSeen - count) >= minImages),
    labels: pictures.length < 2 ? 0 : classes(different, (_, column) => pictures[column]! >= fewestToJudge),
    outliers: classes(different, (count) => count >= minPictures),
  }
}
