import { cholesky, solveLower } from '../math/cholesky.js'
import { denseSource, type FeatureSource } from './feature-source.js'
import type { MatrixProducts } from '../math/matrix-products.js'
import { pickTrainingRows } from './training-rows.js'
import { standardiseRow, type Standardisation } from './standardise.js'
import type { TrainingSet } from './training-set.js'

/** A training set in fewer coordinates, and the way back. */
export interface CompactSet {
  readonly set: TrainingSet
  /**
   * Converts weights on the compact set, row-major [m × n], and m biases behind them into those on standardised
   * features with the same products and the same penalty.
   */
  expand(point: Float64Array): Promise<Float64Array>
}

/** Largest number of rows, as a share of the features, up to which fewer coordinates save time. */
const worthwhile = 0.6
/** Rows of the Gram matrix that are computed at once. */
const gramRows = 256

/**
 * Reduces rows of a training set to as few coordinates as they need. With standardised features X and X·Xᵀ = L·Lᵀ, the
 * n rows of L have the same inner products as those of X. As a penalised head is a linear combination of its training
 * rows, nothing is lost: loss, penalty and the optimiser's steps are the same, on vectors of n instead of D numbers.
 *
 * With too many rows for that to pay, or without `products`, the coordinates are the standardised features themselves.
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
      const k = point.length / (count + 1)
      const logits = new Float32Array(point.subarray(0, k * count))
      const coefficients = await solveLower(factor, count, logits, products)
      const expanded = new Float64Array(k * (dim + 1))
      expanded.set(await products.multiply(coefficients, features, [k, count, dim]))
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

/** X·Xᵀ, computed in blocks of rows up to the diagonal block; everything to the right of it stays 0. */
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
