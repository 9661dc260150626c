import { assignFolds } from '../head/folds.js'
import type { TrainingSet } from '../head/training-set.js'
import { oldParts } from '../training/old-parts.js'

/** Parts of equal size that new images are dealt out to, of which one is held out, unless images are few. */
const newParts = 10

/**
 * [count] whether each row shows an image that a branch is not trained with: a tenth of the images of every class, or a
 * fifth where a class has fewer than ten, and a fifth of the old ones, which calibration needs more than training. They
 * are the same ones whatever is kept of an image.
 */
export function heldOutRows(set: Pick<TrainingSet, 'target' | 'image'>, seed: number): boolean[] {
  const images = new Map<number, Set<number>>()
  set.target.forEach((label, row) => {
    if (label >= 0) images.set(label, (images.get(label) ?? new Set()).add(set.image[row]!))
  })
  const least = Math.min(...[...images.values()].map(({ size }) => size))
  const ofOld = assignFolds(set, oldParts, seed)
  const ofNew = least < newParts ? ofOld : assignFolds(set, newParts, seed)
  return Array.from(set.target, (label, row) => (label < 0 ? ofOld : ofNew)[row] === 0)
}
