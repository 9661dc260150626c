import { readRows } from '../../src/features/feature-rows.js'
import { buildTable, type FeatureTable, type Row } from '../../src/features/table.js'
import type { BaseHead } from '../../src/classifier/base-head.js'
import type { LinearWeights } from '../../src/head/linear/types.js'
import { float16ToFloat32 } from '../../src/math/float16.js'
import { createRandom } from '../../src/math/random.js'

/** Features before the bottleneck's. */
export const taps = 2
export const size = 8
export const dim = taps + size
export const baseClasses = 3
/** Their names. */
export const base = Array.from({ length: baseClasses }, (_, c) => ({ label: `old ${c}`, names: [`old ${c}`] }))

/** A base classifier whose class c looks for direction c of the bottleneck. */
export const baseHead: BaseHead = {
  size,
  kernel: Float32Array.from({ length: baseClasses * size }, (_, i) => (i % size === Math.floor(i / size) ? 3 : -0.2)),
  bias: Float32Array.of(0.1, 0, -0.1),
}

export interface Shown {
  /** The direction of the bottleneck that every class shows: 0..2 are the old classes. */
  readonly directions: readonly number[]
  /** The old class every class is merged into. @default none */
  readonly mergedInto?: readonly (number | undefined)[]
  /** Images of every class. @default 20 */
  readonly images?: number
  /** Standard deviation of every feature; directions lie 3 apart. @default 0.5 */
  readonly noise?: number
  readonly seed: number | string
}

/** Made-up images; their labels count through `directions`. */
export function imagesOf({ directions, mergedInto = [], images = 20, noise = 0.5, seed }: Shown): FeatureTable {
  const random = createRandom(`world:${seed}`)
  const rows = Array.from({ length: images * directions.length }, (_, image): Row => {
    const label = image % directions.length
    const features = Float32Array.from({ length: dim }, (_, d) =>
      Math.max(0, (d - taps === directions[label] ? 3 : d < taps ? 1 : 0) + noise * random.normal()),
    )
    const logits = Float32Array.from(oldLogits(features))
    return { bottleneck: { features, logits }, label, image, mergedInto: mergedInto[label] }
  })
  return buildTable(rows, rows.length, dim)
}

/** The features of every row, as they are kept. */
export function featuresOf({ features, count }: FeatureTable): number[][] {
  return Array.from({ length: count }, (_, row) => Array.from(readRows(features, row, row + 1), float16ToFloat32))
}

/** What the base classifier says of one row's features, in float64. */
export function oldLogits(features: ArrayLike<number>): number[] {
  return Array.from(baseHead.bias, (bias, c) => {
    let sum = bias
    for (let d = 0; d < size; d++) sum += baseHead.kernel[c * size + d]! * features[taps + d]!
    return sum
  })
}

/** What an added head says of one row's features, in float64. */
export function addedLogits({ columns, weight, bias }: LinearWeights, features: ArrayLike<number>): number[] {
  return Array.from({ length: columns }, (_, c) =>
    Array.from(features).reduce((sum, value, d) => sum + value * weight[d * columns + c]!, bias[c]!),
  )
}

/** Every row's largest logit, over the old classes and then all heads' columns. */
export function answersOf(table: FeatureTable, heads: readonly LinearWeights[]): number[] {
  return featuresOf(table).map((features) => {
    const logits = [...oldLogits(features), ...heads.flatMap((head) => addedLogits(head, features))]
    return logits.indexOf(Math.max(...logits))
  })
}
