import { noOldTarget } from '../../src/features/table.js'
import { emptyColumns } from '../../src/features/columns.js'
import { trainingColumns } from '../../src/head/training-rows.js'
import { createRandom } from '../../src/math/random.js'
import { denseSource, type FeatureSource } from '../../src/head/feature-source.js'
import { identityStandardisation } from '../../src/head/standardise.js'
import type { StandardisedSet } from '../../src/head/standardised-set.js'
import type { ColumnGroup, TrainingSet } from '../../src/head/training-set.js'

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
    groups: [{ columns: classes, features: denseSource(all, dim) }],
  }
}

/** The features of a set's only group. */
export function soleFeatures({ groups }: TrainingSet): FeatureSource {
  if (groups.length !== 1) throw new RangeError(`${groups.length} groups`)
  return groups[0]!.features
}

/** A set whose columns, in order, are those of other groups. */
export function inGroups(set: TrainingSet, groups: readonly ColumnGroup[]): TrainingSet {
  return { ...set, groups }
}

/**
 * A set of one group with other features.
 *
 * @param change from a value, its place in a block, and the block's first row
 */
export function withChanged(
  set: TrainingSet,
  change: (value: number, place: number, start: number) => number,
): TrainingSet {
  const features = soleFeatures(set)
  const read = (start: number, end: number) =>
    (features.read(start, end) as Float32Array).map((value, place) => change(value, place, start))
  return inGroups(set, [{ columns: set.classes, features: { ...features, read } }])
}

/** A set whose features need no standardisation. */
export function asItIs(set: TrainingSet): StandardisedSet {
  const groups = set.groups.map((group) => ({
    ...group,
    standardisation: identityStandardisation(group.features.dim, 1),
  }))
  return { ...set, groups }
}

/** All features of a group of a set, row by row. */
export async function featureRows({ groups }: Pick<TrainingSet, 'groups'>, group = 0): Promise<number[][]> {
  const { features } = groups[group]!
  const { count, dim } = features
  const all = Float32Array.from(await features.read(0, count))
  return Array.from({ length: count }, (_, row) => Array.from(all.subarray(row * dim, (row + 1) * dim)))
}
