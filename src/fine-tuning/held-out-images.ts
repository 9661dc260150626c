import { assignFolds } from '../head/folds.js'
import type { TrainingSet } from '../head/training-set.js'

/** Parts of equal size that images are dealt out to, of which one is held out; the second where images are few. */
const [parts, fewerParts] = [10, 5]

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
  const ofOld = assignFolds(set, fewerParts, seed)
  const ofNew = least < parts ? ofOld : assignFolds(set, parts, seed)
  return Array.from(set.target, (label, row) => (label < 0 ? ofOld : ofNew)[row] === 0)
}
