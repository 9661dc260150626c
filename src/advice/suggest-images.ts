import { throwIfAborted } from '../core/errors.js'
import type { FeatureRows } from '../features/feature-rows.js'
import { openMatrixProducts } from '../head/ort-matrix-products.js'
import type { MatrixProducts } from '../math/matrix-products.js'
import { mostTelling } from './coverage.js'
import { vectorsOf, type Vectors } from './vectors.js'

/** Images that a choice is made among at most, those that the classifier is least sure of. */
const maxImages = 4000
/** Rows of the labelled images that are compared at once. */
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
 * @returns places of at most `most` images, the most useful first
 */
export async function suggestImages(
  { features, unsureness, labelled, signal }: SuggestionProblem,
  most: number,
): Promise<number[]> {
  const places = [...unsureness.keys()]
    .sort((a, b) => unsureness[b]! - unsureness[a]! || a - b)
    .slice(0, Math.max(most, maxImages))
  const images = vectorsOf(features, places)
  const scale = scaleOf(images)
  const directions = towards(images, scale)
  const { count, dim } = images
  await using products = await openMatrixProducts()
  const similarity = (await products.multiplyTransposed(directions, directions, [count, dim, count])).map(atLeast0)
  const known = labelled
    ? await nearest(directions, count, labelled, { scale, products, signal })
    : new Float32Array(count)
  throwIfAborted(signal)
  const weight = places.map((place) => unsureness[place]!)
  return mostTelling({ count, similarity, weight, known }, most).map((item) => places[item]!)
}

/** [images] the largest similarity to a labelled image. */
async function nearest(
  directions: Float32Array,
  count: number,
  labelled: FeatureRows,
  {
    scale,
    products,
    signal,
  }: { readonly scale: Scale; readonly products: MatrixProducts; readonly signal: AbortSignal | undefined },
): Promise<Float32Array> {
  const most = new Float32Array(count)
  for (let start = 0; start < labelled.count; start += block) {
    throwIfAborted(signal)
    const rows = Array.from({ length: Math.min(block, labelled.count - start) }, (_, i) => start + i)
    const part = towards(vectorsOf(labelled, rows), scale)
    const inner = await products.multiplyTransposed(directions, part, [count, labelled.dim, rows.length])
    inner.forEach((value, at) => {
      const image = Math.floor(at / rows.length)
      if (value > most[image]!) most[image] = value
    })
  }
  return most
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
function towards({ count, dim, values }: Vectors, { mean, factor }: Scale): Float32Array {
  const result = values.map((value, i) => (value - mean[i % dim]!) * factor[i % dim]!)
  for (let row = 0; row < count; row++) {
    const own = result.subarray(row * dim, (row + 1) * dim)
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0))
    if (length > 0) own.forEach((value, d) => (own[d] = value / length))
  }
  return result
}

function atLeast0(value: number): number {
  return Math.max(0, value)
}
