import type { FeatureTable } from '../bottleneck/table.js'
import type { ClassInfo } from '../model/imagenet.js'
import { findOverlap } from '../model/overlap.js'
import type { NewClass } from './labels.js'

/** Among fewer old classes, whatever is new goes to one of them for the most part. */
const fewestOld = 100
/** Every picture goes to some old class: that of one alone tells nothing. */
const fewestAlike = 2
/** Labels that say nothing: of columns whose names are not known. */
const number = /^\W*(class|label)?[\W_]*\d+\W*$/i

/** By behaviour rather than by name: most images of a new class already go to one old class. */
export function warnOfLookalikes(
  table: FeatureTable,
  classes: readonly NewClass[],
  base: readonly ClassInfo[],
  warn: (code: string, message: string) => void,
): void {
  if (base.length < fewestOld) return
  classes.forEach(({ folder, mergedInto, grows }, label) => {
    if (mergedInto !== undefined || grows) return
    const { oldClass, count, total } = commonestOldClass(table, label)
    const old = base[oldClass]!.label
    if (count < fewestAlike || 2 * count < total || number.test(old)) return
    const images = `${count} of the ${total} images of "${folder}"`
    const same = findOverlap(folder, base) === oldClass
    const remedy = same ? 'use --overlap merge' : `name the folder "${old}" and use --overlap merge`
    warn('LOOKALIKE', `The base model already calls ${images} ${old}; if they are the same thing, ${remedy}.`)
  })
}

/** Every image is counted once, by its plain view, and so are near-duplicates. */
function commonestOldClass(
  { label, oldClass, image, count: rows }: FeatureTable,
  wanted: number,
): { oldClass: number; count: number; total: number } {
  const counts = new Map<number, number>()
  let total = 0
  for (let row = 0; row < rows; row++) {
    if (label[row] !== wanted || (row > 0 && image[row] === image[row - 1])) continue
    total++
    counts.set(oldClass[row]!, (counts.get(oldClass[row]!) ?? 0) + 1)
  }
  const [commonest, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])
  return { oldClass: commonest, count: most, total }
}
