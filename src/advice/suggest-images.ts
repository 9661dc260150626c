import { throwIfAborted } from '../core/errors.js'
import type { FeatureRows } from '../features/feature-rows.js'
import { openMatrixProducts } from '../head/ort-matrix-products.js'
import type { MatrixProducts } from '../math/matrix-products.js'
import { mostTelling } from './coverage.js'
import { vectorsOf, type Vectors } from './vectors.js'

/** Images that a choice is made among at once: the least sure first, their similarities take 64 MB. */
const maxImages = 4000
/** Other images that these are compared with at once. */
const block = 1000

export interface SuggestionProblem {
  /** Rows of images without labels. */
  readonly features: FeatureRows
  /** [images] how unsure the classifier is of each, 0..1 */
  readonly unsureness: readonly number[]
  /** Rows of images whose labels are known; `undefined` for none. */
  readonly labelled: FeatureRows | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The images whose labels would help most: those that together are most like all images that the classifier is unsure
 * of, and unlike what it was trained on. Uncertainty is the weight of an image, and diversity comes by itself, since an
 * image like one that was chosen adds little (Wei, Iyer and Bilmes, "Submodularity in Data Subset Selection and Active
 * Learning", 2015).
 *
 * They are chosen among the images that the classifier is least sure of; where more than these are wanted, all of them
 * come first, and the next ones are compared with each other and with all that are chosen. So memory is bounded.
 *
 * @returns places of at most `most` images, the most useful first
 */
export async function suggestImages(
  { features, unsureness, labelled, signal }: SuggestionProblem,
  most: number,
): Promise<number[]> {
  const places = [...unsureness.keys()].sort((a, b) => unsureness[b]! - unsureness[a]! || a - b)
  const scale = scaleOf(vectorsOf(features, places.slice(0, maxImages)))
  await using products = await openMatrixProducts()
  const chosen: number[] = []
  for (let start = 0; start < Math.min(most, places.length); start += maxImages) {
    const group = places.slice(start, start + maxImages)
    const { count, dim, values } = towards(vectorsOf(features, group), scale)
    const similarity = await products.multiplyTransposed(values, values, [count, dim, count])
    similarity.forEach((value, at) => (similarity[at] = value > 0 ? value : 0))
    const known = new Float32Array(count)
    const comparison = { directions: { count, dim, values }, scale, products, signal }
    if (labelled) await raise(known, labelled, [...Array(labelled.count).keys()], comparison)
    await raise(known, features, chosen, comparison)
    throwIfAborted(signal)
    const weight = group.map((place) => unsureness[place]!)
    const items = mostTelling({ count, similarity, weight, known }, most - start)
    for (const item of items) chosen.push(group[item]!)
  }
  return chosen
}

interface Comparison {
  readonly directions: Vectors
  readonly scale: Scale
  readonly products: MatrixProducts
  readonly signal: AbortSignal | undefined
}

/**
 * Raises what is known of images to their largest similarity to others.
 *
 * @param known [images] 0..1, changed in place
 * @param rows of the others
 */
async function raise(
  known: Float32Array,
  others: FeatureRows,
  rows: readonly number[],
  { directions: { count, dim, values }, scale, products, signal }: Comparison,
): Promise<void> {
  for (let start = 0; start < rows.length; start += block) {
    throwIfAborted(signal)
    const part = towards(vectorsOf(others, rows.slice(start, start + block)), scale)
    const inner = await products.multiplyTransposed(values, part.values, [count, dim, part.count])
    inner.forEach((value, at) => {
      const image = Math.floor(at / part.count)
      if (value > known[image]!) known[image] = value
    })
  }
}

interface Scale {
  readonly mean: Float64Array
  /** 0 for a feature that does not vary. */
  readonly factor: Float64Array
}

/** Mean of each feature, and 1 / its standard deviation. */
function scaleOf({ count, dim, values }: Vectors): Scale {
  const mean = new Float64Array(dim)
  const squares = new Float64Array(dim)
  values.forEach((value, i) => (mean[i % dim]! += value / count))
  values.forEach((value, i) => (squares[i % dim]! += (value - mean[i % dim]!) ** 2 / count))
  return { mean, factor: squares.map((square) => (square > 1e-12 ? 1 / Math.sqrt(square) : 0)) }
}

/** The vectors, standardised and of length 1. */
function towards({ count, dim, values }: Vectors, { mean, factor }: Scale): Vectors {
  const result = values.map((value, i) => (value - mean[i % dim]!) * factor[i % dim]!)
  for (let row = 0; row < count; row++) {
    const own = result.subarray(row * dim, (row + 1) * dim)
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0))
    if (length > 0) own.forEach((value, d) => (own[d] = value / length))
  }
  return { count, dim, values: result }
}
