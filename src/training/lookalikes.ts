import { isFirstOfImage, type FeatureTable } from '../features/table.js'
import type { Warn } from '../core/progress.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import { findOverlap } from '../catalog/overlap.js'
import type { NewClass } from '../classes/labels.js'

/** With fewer old classes, most new images go to a single one anyway. */
const minOldClasses = 100
/** Every image goes to some old class, so a single image counts only if the base model is this sure. */
const minProbabilityOfOne = 0.5
/** Labels that are mere numbers: the class names are not known. */
const numberedLabel = /^(?:\W*(?:class|label))?[\W_]*\d+\W*$/i

/**
 * Warns of new classes most of whose images the base model gives to one old class. It goes by the model's answers, not
 * by class names.
 */
export function warnOfLookalikes(
  table: FeatureTable,
  classes: readonly NewClass[],
  base: readonly ClassInfo[],
  warn: Warn,
): void {
  if (base.length < minOldClasses) return
  classes.forEach(({ folder, mergedInto, grows }, label) => {
    if (mergedInto !== undefined || grows) return
    const { oldClass, count, surest, total } = commonestOldClass(table, label)
    const old = base[oldClass]!.label
    if (2 * count < total || (count === 1 && surest < minProbabilityOfOne) || numberedLabel.test(old)) return
    const images = total === 1 ? `the one image of "${folder}"` : `${count} of the ${total} images of "${folder}"`
    const isNamedAlike = findOverlap(folder, base) === oldClass
    warn('LOOKALIKE', `The base model already calls ${images} ${old}.`, {
      kind: 'merge-lookalike-again',
      ...(isNamedAlike ? {} : { rename: old }),
    })
  })
}

/**
 * Counts every image once, by its plain view, and near-duplicates as one image. `surest`: the largest probability of
 * that class, 0..1.
 */
function commonestOldClass(
  table: FeatureTable,
  wanted: number,
): { oldClass: number; count: number; surest: number; total: number } {
  const { label, oldClass, oldBest, oldLogSumExp, count: rows } = table
  const found = new Map<number, { count: number; surest: number }>()
  let total = 0
  for (let row = 0; row < rows; row++) {
    if (label[row] !== wanted || !isFirstOfImage(table, row)) continue
    total++
    const { count, surest } = found.get(oldClass[row]!) ?? { count: 0, surest: 0 }
    const probability = Math.exp(oldBest[row]! - oldLogSumExp[row]!)
    found.set(oldClass[row]!, { count: count + 1, surest: Math.max(surest, probability) })
  }
  const none: [number, { count: number; surest: number }] = [0, { count: 0, surest: 0 }]
  const [commonest, most] = [...found].reduce((a, b) => (b[1].count > a[1].count ? b : a), none)
  return { oldClass: commonest, ...most, total }
}
