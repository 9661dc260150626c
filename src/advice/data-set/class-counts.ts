import type { HeldOutImageRecord } from '../../calibration/held-out-records.js'
import type { Advice } from '../advice.js'
import type { DataSet } from './data-set.js'
import { wilsonInterval } from '../../math/wilson.js'
import type { Estimate } from '../estimate.js'
import type { AdvisedClass } from '../findings.js'
import { imagesOfColumns } from '../../tables/column-table.js'

/** Heads that learn from fewer different pictures of a class say nothing of one that is held out. */
export const fewestToJudge = 3

type Counted = Pick<DataSet, 'classes' | 'columns' | 'images' | 'testImages' | 'unreadable' | 'given'>

/**
 * Numbers of different pictures to learn from: those of the folder and those kept of a bundle.
 *
 * @param firsts [images] the first copy of each in its class
 * @returns [columns]
 */
export function picturesByColumn(
  { columns, images, kept }: Pick<DataSet, 'columns' | 'images' | 'kept'>,
  firsts: readonly number[],
): number[] {
  const own = images.filter((_, i) => firsts[i] === i)
  const earlier = kept === undefined ? new Map<number, number>() : imagesOfColumns(kept)
  return columns.map((_, column) => own.filter((one) => one.column === column).length + (earlier.get(column) ?? 0))
}

/**
 * Counts every class's images, and those that are answered rightly.
 *
 * @param firsts [images] the first copy of each in its class
 * @param pictures the result of `picturesByColumn`
 * @param records the held-out images, one of several copies
 */
export function describeClasses(
  { classes, columns, images }: Counted,
  firsts: readonly number[],
  pictures: readonly number[],
  records: readonly HeldOutImageRecord[],
): AdvisedClass[] {
  const columnOfFile = new Map(images.map(({ file, column }) => [file, column]))
  return classes.map(({ folder, label, files, grows }): AdvisedClass => {
    const column = columns.findIndex((one) => one.label === label)
    const own = records.filter(({ file }) => columnOfFile.get(file!) === column)
    return {
      label: folder,
      images: images.filter((one, i) => one.column === column && firsts[i] === i).length,
      files: files.length,
      grows: grows ? label : null,
      top1: own.length === 0 || pictures[column]! < fewestToJudge ? null : shareRight(own),
    }
  })
}

/** Counts what becomes of the files in the class folders. */
export function countImages(
  { images, unreadable, given, classes }: Counted,
  firsts: readonly number[],
): Advice['images'] {
  const own = new Set(classes.flatMap(({ files }) => files))
  const used = images.filter((_, i) => firsts[i] === i).length
  const lost = unreadable.filter(({ file }) => own.has(file)).length
  return { given, used, unreadable: lost, duplicate: given - used - lost }
}

/** Accuracy on the held-out images, over all old and new classes. */
export function heldOutEstimate(records: readonly HeldOutImageRecord[]): Estimate | null {
  if (records.length === 0) return null
  const top1 = shareRight(records)
  return { top1, ...wilsonInterval(top1, records.length) }
}

function shareRight(records: readonly HeldOutImageRecord[]): number {
  return records.filter(({ error }) => error === null).length / records.length
}
