import type { BaseHead } from '../classifier/base-head.js'
import { lastColumns, readRows } from '../features/feature-rows.js'
import { buildTable, type FeatureTable, type Row } from '../features/table.js'
import { float16ToFloat32 } from '../math/float16.js'
import { leastNormSolution, times } from '../math/least-norm.js'
import { createRandom } from '../math/random.js'
import { argMax } from '../math/softmax.js'

const rows = 2000
/**
 * How far a made-up image is moved towards its old class, in units of the new images' mean distance from their mean.
 */
const nearest = 0.3
const farthest = 0.8
/**
 * How far the made-up images' centre lies from the new images' mean (0) towards the neutral point (1); see
 * `pseudoRehearsal`.
 */
const neutrality = 0.5
/** Half as far: made-up images that the new classes take about as often as real old ones (docs/lab-notes.md). */
const probingNeutrality = 0.25
/** Real images of a class lie farther from its mean than photographs of one small set do. */
const residualScale = 1.3

/**
 * Made-up old images for training without any: features the old head takes for one of its classes, spread like the new
 * images' own: f̂ = relu(relu(μ + a·w̃_c) + f_i − μ_{y_i}) (docs/method.md, "Made-up old images"). a is drawn anew for
 * every row, and μ is not the new images' mean μ_N but a point between it and its neutral point μ_N − δ, where δ is the
 * shortest vector with the logits that make μ_N special, (W − W̄)δ = (W − W̄)μ_N: there the old head favours no class.
 * Old images centred on μ_N all look a little like new ones, and the boundary learnt from them lies too close to the
 * new.
 *
 * Only the bottleneck has old weights to go by: every other column is 0, and training must leave those columns out.
 *
 * @param added the new images
 */
export function pseudoRehearsal(added: FeatureTable, baseHead: BaseHead, seed: number): FeatureTable {
  return makeUp(added, baseHead, neutrality, `pseudo:${seed}`)
}

/**
 * Made-up old images that no training has seen, nearer to the new ones than those of `pseudoRehearsal` by as much as
 * makes their leak like that of real old images: what an extension without old images will cost is told by them.
 */
export function pseudoProbe(added: FeatureTable, baseHead: BaseHead, seed: number): FeatureTable {
  return makeUp(added, baseHead, probingNeutrality, `probe:${seed}`)
}

function makeUp(
  added: FeatureTable,
  { size, kernel, bias }: BaseHead,
  towardsNeutral: number,
  seed: string,
): FeatureTable {
  const { dim } = added
  const classes = bias.length
  const images = Array.from(added.label, (label, row) => ({ values: bottleneckOf(added, row, size), label }))
  const mean = meanOf(images.map(({ values }) => values))
  const means = new Map<number, Float64Array>()
  for (const { label } of images) {
    if (!means.has(label))
      means.set(label, meanOf(images.filter((one) => one.label === label).map(({ values }) => values)))
  }
  const spread = images.reduce((sum, { values }) => sum + distance(values, mean), 0) / images.length
  const directions = classDirections(kernel, classes, size)
  const special = leastNormSolution(directions, times(directions, mean, classes), size)
  const centre = mean.map((value, d) => value - towardsNeutral * special[d]!)

  const random = createRandom(seed)
  function* madeUp(): Generator<Row> {
    const features = new Float32Array(dim)
    const bottleneck = features.subarray(dim - size)
    const logits = new Float32Array(classes)
    for (let image = 0; image < rows; image++) {
      const { values, label } = images[random.integer(images.length)]!
      const own = means.get(label)!
      const towards = image % classes
      const step = (nearest + (farthest - nearest) * random.next()) * spread
      for (let d = 0; d < size; d++) {
        const middle = Math.max(0, centre[d]! + step * directions[towards * size + d]!)
        bottleneck[d] = Math.max(0, middle + residualScale * (values[d]! - own[d]!))
      }
      for (let c = 0; c < classes; c++) {
        let sum = bias[c]!
        for (let d = 0; d < size; d++) sum += kernel[c * size + d]! * bottleneck[d]!
        logits[c] = sum
      }
      yield { bottleneck: { features, logits }, label: argMax(logits), image }
    }
  }
  return buildTable(madeUp(), rows, dim)
}

/** A table in which all but the last `size` columns are 0. */
export function bottleneckOnly(table: FeatureTable, size: number): FeatureTable {
  return { ...table, features: lastColumns(table.features, size) }
}

function bottleneckOf({ features, dim }: FeatureTable, row: number, size: number): Float64Array {
  return Float64Array.from(readRows(features, row, row + 1).subarray(dim - size), float16ToFloat32)
}

/** Row-major [N × size]: w̃_c without the scale, the class weights about their mean, each of length 1. */
function classDirections(kernel: Float32Array, classes: number, size: number): Float32Array {
  const rowsOf = Array.from({ length: classes }, (_, c) => kernel.subarray(c * size, (c + 1) * size))
  const mean = meanOf(rowsOf)
  const directions = new Float32Array(classes * size)
  rowsOf.forEach((weights, c) => {
    const length = distance(weights, mean)
    for (let d = 0; d < size; d++) directions[c * size + d] = (weights[d]! - mean[d]!) / length
  })
  return directions
}

function meanOf(vectors: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(vectors[0]!.length)
  for (const vector of vectors) for (let d = 0; d < mean.length; d++) mean[d]! += vector[d]! / vectors.length
  return mean
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let d = 0; d < a.length; d++) sum += (a[d]! - b[d]!) ** 2
  return Math.sqrt(sum)
}
