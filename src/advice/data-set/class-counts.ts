import type { HeldOutImageRecord } from '../../calibration/held-out-records.js'
import type { Advice } from '../advice.js'
import type { DataSet } from './data-set.js'
import { wilsonInterval } from '../../math/wilson.js'
import type { Estimate } from '../estimate.js'
import { byColumn } from '../grouping.js'
import type { AdvisedClass } from '../findings.js'

/** Heads that learn from fewer different pictures of a class say nothing of one of it that is held out. */
export const fewestToJudge = 3

type Counted = Pick<DataSet, 'classes' | 'columns' | 'images' | 'testImages' | 'unreadable' | 'given'>

/**
 * Counts every class's images, and those that are answered rightly.
 *
 * @param firsts [images] the first copy of each in its class
 * @param pictures [columns] different pictures that heads learned from
 * @param records the held-out images, one of several copies
 */
export function describeClasses(
  { classes, columns, images }: Counted,
  firsts: readonly number[],
  pictures: ArrayLike<number>,
  records: readonly HeldOutImageRecord[],
): AdvisedClass[] {
  const columnOfFile = new Map(images.map(({ file, column }) => [file, column]))
  const columnOfLabel = new Map(columns.map(({ label }, column) => [label, column]))
  const different = byColumn(
    images.filter((_, i) => firsts[i] === i),
    columns.length,
    ({ column }) => column,
  )
  const heldOut = byColumn(records, columns.length, ({ file }) => columnOfFile.get(file!)!)
  return classes.map(({ folder, label, files, grows }): AdvisedClass => {
    const column = columnOfLabel.get(label)!
    const own = heldOut[column]!
    return {
      label: folder,
      images: different[column]!.length,
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
