import { cholesky, solveLower } from '../../math/cholesky.js'
import { denseSource, type FeatureSource } from '../feature-source.js'
import type { MatrixProducts } from '../../math/matrix-products.js'
import type { Point } from './fit.js'
import { pickTrainingRows } from '../training-rows.js'
import { standardiseRow, type Standardisation } from '../standardise.js'
import type { TrainingSet } from '../training-set.js'

/** A training set in coordinates of its own, and the way back. */
export interface CompactSet {
  readonly set: TrainingSet
  /**
   * A point of the compact set as the point of the standardised features that gives the same logits, and the same
   * penalty.
   */
  expand(point: Point): Promise<Point>
}

/** Fewer coordinates pay for themselves up to about this share of the features. */
const worthwhile = 0.6
/** Rows of a product with its own transpose that are worked out at once. */
const gramRows = 256

/**
 * Some rows of a training set, in as few coordinates as they need: with their standardised features X and X·Xᵀ = L·Lᵀ,
 * the n rows of L lie to each other as those of X do. A penalised head is a sum of its training rows, so nothing is
 * lost: loss, penalty and the optimiser's steps are the same, on vectors of n instead of D numbers.
 *
 * Where the rows are too many for that to pay, and without products, the coordinates are the standardised features.
 */
export async function compactSubset(
  set: TrainingSet,
  rows: readonly number[],
  standardisation: Standardisation,
  products: MatrixProducts | undefined,
): Promise<CompactSet> {
  const { dim } = set.features
  const picked = pickTrainingRows(set, rows)
  const features = await standardisedRows(set.features, rows, standardisation)
  const count = rows.length
  if (products === undefined || count > worthwhile * dim) {
    return { set: { ...picked, features: denseSource(features, dim) }, expand: (point) => Promise.resolve(point) }
  }
  const factor = await cholesky(await gram(features, count, products), count, products)
  return {
    set: { ...picked, features: denseSource(factor, count) },
    // V·Xᵀ = v·Lᵀ for V = a·X where a·L = v.
    async expand(point) {
      const k = set.classes
      const logits = new Float32Array(point.subarray(0, k * count))
      const shares = await solveLower(factor, count, logits, products)
      const expanded = new Float64Array(k * (dim + 1))
      expanded.set(await products.multiply(shares, features, [k, count, dim]))
      expanded.set(point.subarray(k * count), k * dim)
      return expanded
    },
  }
}

async function standardisedRows(
  { dim, read }: FeatureSource,
  rows: readonly number[],
  standardisation: Standardisation,
): Promise<Float32Array> {
  const result = new Float32Array(rows.length * dim)
  for (const [i, row] of rows.entries()) {
    standardiseRow(await read(row, row + 1), standardisation, result.subarray(i * dim, (i + 1) * dim))
  }
  return result
}

/** X·Xᵀ, in blocks of rows up to the diagonal; what lies beyond is left 0. */
async function gram(x: Float32Array, count: number, { multiplyTransposed }: MatrixProducts): Promise<Float32Array> {
  const dim = x.length / count
  const result = new Float32Array(count * count)
  for (let start = 0; start < count; start += gramRows) {
    const end = Math.min(start + gramRows, count)
    const rows = x.subarray(start * dim, end * dim)
    const products = await multiplyTransposed(rows, x.subarray(0, end * dim), [end - start, dim, end])
    for (let row = start; row < end; row++) {
      result.set(products.subarray((row - start) * end, (row - start + 1) * end), row * count)
    }
  }
  return result
}
