import { assignFolds } from '../head/folds.js'
import type { TrainingSet } from '../head/training-set.js'

/** Parts of equal size that images are dealt out to, of which one is held out; the second where classes are small. */
const [parts, fewerParts] = [10, 5]

/**
 * [count] whether each row shows an image that a branch is not trained with: a tenth of the images of every class, and
 * of the old ones; a fifth where a class has fewer than ten. They are the same ones whatever is kept of an image.
 */
export function heldOutRows(set: Pick<TrainingSet, 'target' | 'image'>, seed: number): boolean[] {
  const images = new Map<number, Set<number>>()
  set.target.forEach((label, row) => {
    if (label >= 0) images.set(label, (images.get(label) ?? new Set()).add(set.image[row]!))
  })
  const least = Math.min(...[...images.values()].map(({ size }) => size))
  return Array.from(assignFolds(set, least < parts ? fewerParts : parts, seed), (part) => part === 0)
}
