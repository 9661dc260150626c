import type { FeatureTable } from '../bottleneck/table.js'
import type { ClassInfo } from '../model/imagenet.js'
import { findOverlap } from '../model/overlap.js'
import type { NewClass } from './labels.js'

/** By behaviour rather than by name: most images of a new class already go to one old class. */
export function warnOfLookalikes(
  table: FeatureTable,
  classes: readonly NewClass[],
  base: readonly ClassInfo[],
  warn: (code: string, message: string) => void,
): void {
  classes.forEach(({ folder, mergedInto }, label) => {
    const { oldClass, share } = commonestOldClass(table, label)
    if (mergedInto !== undefined || share < 0.5) return
    const old = base[oldClass]!.label
    const percent = Math.round(100 * share)
    const same = findOverlap(folder, base) === oldClass
    const remedy = same ? 'use --overlap merge' : `name the folder "${old}" and use --overlap merge`
    warn('LOOKALIKE', `The base model already calls ${percent} % of the images of "${folder}" ${old}; if they are the same thing, ${remedy}.`) // prettier-ignore
  })
}

function commonestOldClass(
  { label, oldClass, count }: FeatureTable,
  wanted: number,
): { oldClass: number; share: number } {
  const counts = new Map<number, number>()
  let total = 0
  for (let row = 0; row < count; row++) {
    if (label[row] !== wanted) continue
    total++
    counts.set(oldClass[row]!, (counts.get(oldClass[row]!) ?? 0) + 1)
  }
  const [commonest, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])
  return { oldClass: commonest, share: most / total }
}
