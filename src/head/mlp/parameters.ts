import { noOldTarget } from '../../features/table.js'
import { createRandom } from '../../math/random.js'
import type { Standardisation } from '../standardise.js'
import type { ColumnGroup, TrainingSet } from '../training-set.js'
import type { MlpWeights } from './mlp-head.js'

/** Sizes of a perceptron: D features, H hidden units, k classes. */
export interface MlpShape {
  readonly dim: number
  readonly width: number
  readonly classes: number
}

/** Where the parameters of one perceptron stand in a vector: A [H × D], a [H], U [k × H], c [k]. */
export function placesOf({ dim, width, classes }: MlpShape) {
  const hiddenBias = width * dim
  const weight = hiddenBias + width
  const bias = weight + classes * width
  return { hiddenWeight: 0, hiddenBias, weight, bias, end: bias + classes }
}

/**
 * Deviation of the first weights of hidden units. As rows have length 1 (`unitRows`), it is that of the units' sums as
 * well: small, so that units turn to what tells classes apart and do not stay near where they were drawn.
 */
const hiddenStart = 0.1

/** Where training starts: weights drawn at random, and new classes together as likely as old ones. */
export function startingPoint(set: TrainingSet, width: number, seed: number) {
  const { classes, oldLogSumExp } = set
  const shape = { dim: soleGroup(set).features.dim, width, classes }
  const place = placesOf(shape)
  const random = createRandom(`perceptron:${seed}:${width}`)
  const start = new Float64Array(place.end)
  for (let i = 0; i < place.hiddenBias; i++) start[i] = hiddenStart * random.normal()
  for (let i = place.weight; i < place.bias; i++) start[i] = random.normal()
  const meanLogSumExp = oldLogSumExp.reduce((sum, score) => sum + score, 0) / oldLogSumExp.length
  return start.fill(meanLogSumExp > noOldTarget / 2 ? meanLogSumExp - Math.log(classes) : 0, place.bias)
}

/**
 * The one group of a set.
 *
 * @throws RangeError where there are more: hidden units serve all columns, which read the same features then
 */
export function soleGroup<G extends ColumnGroup>({ groups }: { readonly groups: readonly G[] }): G {
  const [group, ...others] = groups
  if (group === undefined || others.length > 0) throw new RangeError(`${groups.length} groups of columns, not one`)
  return group
}

/** A standardisation after which a row has length 1, typically. */
export function unitRows({ mean, inverseDeviation, rowLength }: Standardisation): Standardisation {
  const length = Math.max(rowLength, 1)
  return { mean, inverseDeviation: inverseDeviation.map((one) => one / length), rowLength: rowLength / length }
}

/**
 * The perceptron of a point, on raw features.
 *
 * @param standardisation of the features that the point was fitted to
 */
export function weightsAt(
  point: Float64Array,
  { dim, width, classes }: MlpShape,
  { mean, inverseDeviation }: Standardisation,
): MlpWeights {
  const place = placesOf({ dim, width, classes })
  const hiddenWeight = new Float32Array(dim * width)
  const shift = new Float64Array(width)
  for (let unit = 0; unit < width; unit++) {
    for (let d = 0; d < dim; d++) {
      const raw = Math.fround(point[unit * dim + d]! * inverseDeviation[d]!)
      hiddenWeight[d * width + unit] = raw
      shift[unit]! += mean[d]! * raw
    }
  }
  const weight = new Float32Array(width * classes)
  const scale = 1 / Math.sqrt(width)
  for (let c = 0; c < classes; c++) {
    for (let unit = 0; unit < width; unit++) {
      weight[unit * classes + c] = scale * point[place.weight + c * width + unit]!
    }
  }
  return {
    dim,
    width,
    columns: classes,
    hiddenWeight,
    hiddenBias: Float32Array.from(shift, (value, unit) => point[place.hiddenBias + unit]! - value),
    weight,
    bias: Float32Array.from(point.subarray(place.bias)),
  }
}
