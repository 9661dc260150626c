import type { TrainingSet } from './training-set.js'

/**
 * How much each row counts: every new class 1/k in all, whatever its number of images, and all old images λ = 1
 * together (docs/method.md, "Weights"). An image's share is spread evenly over its views and near-duplicates.
 *
 * @param included rows that take part; all where left out
 */
export function rowWeights(
  { target, image, classes }: Pick<TrainingSet, 'target' | 'image' | 'classes'>,
  included: (row: number) => boolean = () => true,
): Float32Array {
  // Counted by class and image: an image that lies in the folders of two classes is one image of each.
  const imageOfRow = (row: number) => image[row]! * (classes + 1) + target[row]! + 1
  const rowsOfImage = new Map<number, number>()
  const imagesOfClass = new Float64Array(classes + 1)
  target.forEach((label, row) => {
    if (!included(row)) return
    const rows = rowsOfImage.get(imageOfRow(row)) ?? 0
    if (rows === 0) imagesOfClass[label + 1]!++
    rowsOfImage.set(imageOfRow(row), rows + 1)
  })
  return Float32Array.from(target, (label, row) => {
    if (!included(row)) return 0
    const ofClass = imagesOfClass[label + 1]! * rowsOfImage.get(imageOfRow(row))!
    return label < 0 ? 1 / ofClass : 1 / (classes * ofClass)
  })
}
