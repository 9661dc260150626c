import { assignFolds } from '../head/folds.js'
import type { TrainingSet } from '../head/training-set.js'

/** Parts of equal size that images are dealt out to; one of them is held out. */
const parts = 5

/**
 * [count] whether each row shows an image that a branch is not trained with: a fifth of the images of every class, and
 * of the old ones. They are the same ones whatever is kept of an image.
 */
export function heldOutRows(set: Pick<TrainingSet, 'target' | 'image'>, seed: number): boolean[] {
  return Array.from(assignFolds(set, parts, seed), (part) => part === 0)
}
