import { memoryRows, type FeatureRows } from '../../../src/features/feature-rows.js'
import { noOldTarget, type FeatureTable } from '../../../src/features/table.js'
import { encodeFloat16 } from '../../../src/math/float16.js'
import { createRandom } from '../../../src/math/random.js'

export interface SyntheticTable {
  readonly count: number
  readonly dim: number
  /** Labels count through these; 0 for old images, of which none is labelled. */
  readonly classes: number
  /** How far class means lie apart, in standard deviations of a feature. */
  readonly separation: number
  readonly seed: number
}

const noiseLength = 2 ** 20

/**
 * Gaussian clouds, one a class, every row an image: made anew whenever rows are read, so that a table of any size takes
 * no memory.
 */
export function syntheticTable({ count, dim, classes, separation, seed }: SyntheticTable): FeatureTable {
  const random = createRandom(`synthetic:${seed}`)
  const noise = Float32Array.from({ length: noiseLength + dim }, () => random.normal())
  const means = Float32Array.from({ length: Math.max(1, classes) * dim }, () => separation * random.normal())
  const labelOf = (row: number) => (classes === 0 ? -1 : row % classes)
  const vector = new Float32Array(dim)
  const features: FeatureRows = {
    count,
    dim,
    copy(start, end, target) {
      for (let row = start; row < end; row++) {
        const mean = Math.max(0, labelOf(row)) * dim
        // Rows draw overlapping pieces of one long noise: 9973 is prime, so no two begin alike.
        const from = (row * 9973 + seed) % noiseLength
        for (let d = 0; d < dim; d++) vector[d] = means[mean + d]! + noise[from + d]!
        target.set(encodeFloat16(vector), (row - start) * dim)
      }
    },
  }
  const column = (mean: number) => Float32Array.from({ length: count }, () => mean + random.normal())
  const oldBest = column(8)
  return {
    count,
    dim,
    features,
    oldBest,
    oldLogSumExp: oldBest.map((logit) => logit + 1),
    oldMedian: new Float32Array(count),
    oldDeviation: new Float32Array(count).fill(2),
    oldClass: new Int32Array(count),
    oldTarget: new Float32Array(count).fill(noOldTarget),
    label: Int32Array.from({ length: count }, (_, row) => labelOf(row)),
    image: Int32Array.from({ length: count }, (_, row) => row),
    file: new Int32Array(count).fill(-1),
  }
}

/** A table with its features in memory. */
export function inMemory(table: FeatureTable): FeatureTable {
  const features = new Uint16Array(table.count * table.dim)
  table.features.copy(0, table.count, features)
  return { ...table, features: memoryRows(features, table.dim) }
}
