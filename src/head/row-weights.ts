import type { TrainingSet } from './training-set.js'

/**
 * Weights of the rows: every new class weighs 1/k, whatever its number of images, and all old images together λ = 1
 * (docs/method.md, "Weights"). The weight of an image is spread evenly over its views and near-duplicates.
 *
 * @param included rows that take part; all by default
 */
export function rowWeights(
  { target, image, classes }: Pick<TrainingSet, 'target' | 'image' | 'classes'>,
  included: (row: number) => boolean = () => true,
): Float32Array {
  // Counts by class and image: an image in the folders of two classes is one image of each.
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
    const rowsOfEqualWeight = imagesOfClass[label + 1]! * rowsOfImage.get(imageOfRow(row))!
    return label < 0 ? 1 / rowsOfEqualWeight : 1 / (classes * rowsOfEqualWeight)
  })
}

/**
 * Weights to judge held-out answers by, of rows of one an image: those of classes of a single image become 0, as an
 * answer that has not seen it cannot know it.
 *
 * @param rowWeight [count]
 */
export function withoutSingles({ target }: Pick<TrainingSet, 'target'>, rowWeight: Float32Array): Float32Array {
  const images = new Map<number, number>()
  target.forEach((label, row) => {
    if (rowWeight[row]! > 0) images.set(label, (images.get(label) ?? 0) + 1)
  })
  return rowWeight.map((weight, row) => (target[row]! >= 0 && images.get(target[row]!) === 1 ? 0 : weight))
}
