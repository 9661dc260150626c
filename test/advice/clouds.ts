import { emptyColumns, tableColumns } from '../../src/features/columns.js'
import { memoryRows } from '../../src/features/feature-rows.js'
import { noOldTarget, type FeatureTable } from '../../src/features/table.js'
import { encodeFloat16 } from '../../src/math/float16.js'
import { createRandom } from '../../src/math/random.js'

export interface Clouds {
  readonly classes: number
  readonly dim: number
  /** Images of each class. */
  readonly images: number
  /** How far class means lie apart, in standard deviations. */
  readonly separation: number
  /** Seed of the images; class means are always the same. */
  readonly seed: number | string
  /** E_o of every image, and the largest old logit. */
  readonly old: number
  /** Added to every feature. @default 0 */
  readonly shift?: number
  /** @default one row an image */
  readonly views?: number
}

/** A table of Gaussian clouds, one for each class. */
export function clouds({ classes, dim, images, separation, seed, old, shift = 0, views = 1 }: Clouds): FeatureTable {
  const means = createRandom('means')
  const mean = Array.from({ length: classes }, () => Array.from({ length: dim }, () => separation * means.normal()))
  const random = createRandom(`clouds:${seed}`)
  const count = classes * images * views
  const columns = emptyColumns(tableColumns, count)
  const features = new Float32Array(count * dim)
  for (let row = 0; row < count; row++) {
    const image = Math.floor(row / views)
    const label = Math.floor(image / images)
    for (let d = 0; d < dim; d++) features[row * dim + d] = mean[label]![d]! + random.normal() + shift
    columns.label[row] = label
    columns.image[row] = image
    columns.oldLogSumExp[row] = old
    columns.oldBest[row] = old
    columns.oldTarget[row] = noOldTarget
  }
  return { dim, count, features: memoryRows(encodeFloat16(features), dim), ...columns }
}

/** Old images: a cloud of its own, far from the others, of no known class. */
export function oldCloud(dim: number, images: number): FeatureTable {
  const table = clouds({ classes: 1, dim, images, separation: 0, seed: 'old', old: 20, shift: 5 })
  return { ...table, label: table.label.map(() => -1) }
}
