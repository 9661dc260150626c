import { createRandom } from '../math/random.js'
import type { TrainingSet } from './training-set.js'

/**
 * Deals the images of every class out to `folds` folds, at random but evenly; all views of an image go to one fold. The
 * split of a class does not depend on the other classes: a new class does not move the old images, on which the guard
 * depends.
 *
 * @param dealing index of this repetition, from 0
 * @returns [count] the fold of every row, 0..folds-1
 */
export function assignFolds(
  { target, image }: Pick<TrainingSet, 'target' | 'image'>,
  folds: number,
  seed: number,
  dealing = 0,
): Int32Array {
  const imagesOfClass = new Map<number, Set<number>>()
  target.forEach((label, row) => {
    const images = imagesOfClass.get(label)
    if (images) images.add(image[row]!)
    else imagesOfClass.set(label, new Set([image[row]!]))
  })
  const foldOfImage = new Map<number, number>()
  for (const [label, images] of imagesOfClass) {
    const random = createRandom(`folds:${seed}:${dealing}:${label}`)
    // Starting points differ by class, so that classes of a single image do not all fall into one fold.
    let next = label + 1
    for (const one of random.shuffle([...images])) foldOfImage.set(one, next++ % folds)
  }
  return image.map((one) => foldOfImage.get(one)!)
}
