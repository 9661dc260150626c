import { noOldTarget } from '../../src/features/table.js'
import { emptyColumns } from '../../src/features/columns.js'
import { trainingColumns } from '../../src/head/training-rows.js'
import { createRandom } from '../../src/math/random.js'
import type { TrainingSet } from '../../src/head/training-set.js'

export interface RandomSet {
  readonly classes: number
  readonly dim: number
  /** Images of every new class. */
  readonly images: number
  /** Rows of every image, side by side. @default 1 */
  readonly views?: number
  /** Old images. */
  readonly old: number
  /** How far class means lie apart, in standard deviations. @default 1 */
  readonly separation?: number
  /** Whether images of class 0 also show an old class. */
  readonly merged?: boolean
  readonly seed?: number | string
}

/**
 * A training set of Gaussian clouds, one for each new class and one for the old images; features differ in scale and
 * mean.
 */
export function randomSet(options: RandomSet): TrainingSet {
  const { classes, dim, images, views = 1, old, separation = 1, merged = false, seed = 1 } = options
  const random = createRandom(`set:${seed}`)
  const labels = [
    ...Array.from({ length: classes * images }, (_, i) => i % classes),
    ...new Array<number>(old).fill(-1),
  ]
  const means = Array.from({ length: classes + 1 }, () =>
    Array.from({ length: dim }, () => separation * random.normal()),
  )
  const count = labels.length * views
  const all = new Float32Array(count * dim)
  const columns = emptyColumns(trainingColumns, count)
  for (let row = 0; row < count; row++) {
    const image = Math.floor(row / views)
    const label = labels[image]!
    for (let d = 0; d < dim; d++) all[row * dim + d] = d + (1 + d) * (means[label + 1]![d]! + random.normal())
    columns.image[row] = image
    columns.target[row] = label
    columns.oldLogSumExp[row] = 3 + random.normal()
    columns.oldTarget[row] =
      label < 0 ? columns.oldLogSumExp[row]! : merged && label === 0 ? columns.oldLogSumExp[row]! - 0.5 : noOldTarget
  }
  return {
    classes,
    ...columns,
    features: { count, dim, read: (start, end) => all.subarray(start * dim, end * dim) },
  }
}

/** All features of a set, row by row. */
export async function featureRows({ features }: TrainingSet): Promise<number[][]> {
  const { count, dim } = features
  const all = Float32Array.from(await features.read(0, count))
  return Array.from({ length: count }, (_, row) => Array.from(all.subarray(row * dim, (row + 1) * dim)))
}
