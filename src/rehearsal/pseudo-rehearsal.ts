import type { BaseHead } from '../classifier/base-head.js'
import { eachBlock, lastColumns, readRows } from '../features/feature-rows.js'
import { buildTable, type FeatureTable, type Row } from '../features/table.js'
import { float16ToFloat32 } from '../math/float16.js'
import { leastNormSolution, times } from '../math/least-norm.js'
import { createRandom } from '../math/random.js'
import { argMax } from '../math/softmax.js'

const rows = 2000
/** Range of the step a towards the old class, in units of the new images' mean distance from their mean. */
const minStep = 0.3
const maxStep = 0.8
/**
 * How far the centre of the made-up images lies from the new images' mean (0) towards the neutral point (1); see
 * `pseudoRehearsal`.
 */
const neutrality = 0.5
/**
 * Half of `neutrality`: the new classes then take about as many made-up images as real old ones (docs/lab-notes.md).
 */
const probingNeutrality = 0.25
/**
 * Scale of the residuals: real images of a class lie farther from its mean than the photographs of one small set do.
 */
const residualScale = 1.3

/**
 * Made-up old images, for training without real ones: features that the base head assigns to one of its classes, with
 * the spread of the new images: f̂ = relu(relu(μ + a·w̃_c) + f_i − μ_{y_i}) (docs/method.md, "Made-up old images"). The
 * step a is drawn anew for every row. μ is not the new images' mean μ_N but a point between it and the neutral point
 * μ_N − δ, where the base head favours no class: δ is the shortest vector with (W − W̄)δ = (W − W̄)μ_N. Old images
 * centred on μ_N would all look a little like new ones, and the learned boundary would lie too close to the new images.
 *
 * The base head has weights for the bottleneck only: every other column is 0, and training must leave those columns
 * out.
 *
 * @param added the new images
 */
export function pseudoRehearsal(added: FeatureTable, baseHead: BaseHead, seed: number): FeatureTable {
  return makeUp(added, baseHead, neutrality, `pseudo:${seed}`)
}

/**
 * Made-up old images that are not trained on, closer to the new images than those of `pseudoRehearsal`, so that they
 * leak about as often as real old images. They serve to estimate what an extension without old images costs.
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
  const { mean, meanOfClass, spread } = statisticsOf(added, size)
  const directions = classDirections(kernel, classes, size)
  const neutralOffset = leastNormSolution(directions, times(directions, mean, classes), size)
  const centre = mean.map((value, d) => value - towardsNeutral * neutralOffset[d]!)

  const random = createRandom(seed)
  function* madeUp(): Generator<Row> {
    const features = new Float32Array(dim)
    const bottleneck = features.subarray(dim - size)
    const logits = new Float32Array(classes)
    for (let image = 0; image < rows; image++) {
      const row = random.integer(added.count)
      const values = bottleneckOf(added, row, size)
      const classMean = meanOfClass.get(added.label[row]!)!
      const towardsClass = image % classes
      const step = (minStep + (maxStep - minStep) * random.next()) * spread
      for (let d = 0; d < size; d++) {
        const middle = Math.max(0, centre[d]! + step * directions[towardsClass * size + d]!)
        bottleneck[d] = Math.max(0, middle + residualScale * (values[d]! - classMean[d]!))
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

/** Sets all but the last `size` columns of the features to 0, and leaves further layers out. */
export function bottleneckOnly(table: FeatureTable, size: number): FeatureTable {
  return { ...table, features: lastColumns(table.features, size), further: undefined }
}

/** What is known of all images together. */
interface Statistics {
  readonly mean: Float64Array
  readonly meanOfClass: ReadonlyMap<number, Float64Array>
  /** Mean distance from the mean. */
  readonly spread: number
}

/** Read in blocks, as the bottlenecks of many images do not fit into memory. */
function statisticsOf(added: FeatureTable, size: number): Statistics {
  const { label, count } = added
  const countOfClass = new Map<number, number>()
  for (const one of label) countOfClass.set(one, (countOfClass.get(one) ?? 0) + 1)
  const mean = new Float64Array(size)
  const meanOfClass = new Map(Array.from(countOfClass.keys(), (one) => [one, new Float64Array(size)]))
  eachBottleneck(added, size, (values, row) => {
    addShare(mean, values, count)
    addShare(meanOfClass.get(label[row]!)!, values, countOfClass.get(label[row]!)!)
  })
  let distances = 0
  eachBottleneck(added, size, (values) => (distances += distance(values, mean)))
  return { mean, meanOfClass, spread: distances / count }
}

/** Calls `use` with the bottleneck of row after row; it is valid only during the call. */
function eachBottleneck(
  { features, dim }: FeatureTable,
  size: number,
  use: (values: Float64Array, row: number) => void,
): void {
  const values = new Float64Array(size)
  eachBlock(features, (block, start) => {
    for (let row = 0; row < block.length / dim; row++) {
      for (let d = 0; d < size; d++) values[d] = float16ToFloat32(block[(row + 1) * dim - size + d]!)
      use(values, start + row)
    }
  })
}

function bottleneckOf({ features, dim }: FeatureTable, row: number, size: number): Float64Array {
  return Float64Array.from(readRows(features, row, row + 1).subarray(dim - size), float16ToFloat32)
}

/** Row-major [N × size]: the class weights minus their mean, each scaled to length 1; zeros for weights at the mean. */
function classDirections(kernel: Float32Array, classes: number, size: number): Float32Array {
  const rowsOf = Array.from({ length: classes }, (_, c) => kernel.subarray(c * size, (c + 1) * size))
  const mean = meanOf(rowsOf)
  const directions = new Float32Array(classes * size)
  rowsOf.forEach((weights, c) => {
    const length = distance(weights, mean)
    for (let d = 0; d < size; d++) directions[c * size + d] = length === 0 ? 0 : (weights[d]! - mean[d]!) / length
  })
  return directions
}

function meanOf(vectors: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(vectors[0]!.length)
  for (const vector of vectors) addShare(mean, vector, vectors.length)
  return mean
}

/** Adds a vector to the mean of so many. */
function addShare(mean: Float64Array, vector: ArrayLike<number>, count: number): void {
  for (let d = 0; d < mean.length; d++) mean[d]! += vector[d]! / count
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let d = 0; d < a.length; d++) sum += (a[d]! - b[d]!) ** 2
  return Math.sqrt(sum)
}
