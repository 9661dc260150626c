import { cholesky, solveTransposed } from '../math/cholesky.js'
import { denseSource } from './feature-source.js'
import type { Point } from './fit.js'
import { pickRows } from './pick-rows.js'
import type { Standardisation } from './standardise.js'
import type { FeatureSource, Products, TrainingSet } from './types.js'

/** A training set in coordinates of its own, and the way back. */
export interface CompactSet {
  readonly set: TrainingSet
  /**
   * A point of the compact set as the point of the standardised features that gives the same logits, and the same penalty.
   */
  expand(point: Point): Promise<Point>
}

/** Fewer coordinates pay for themselves up to about this share of the features. */
const worthwhile = 0.6

/**
 * Some rows of a training set, in as few coordinates as they need: with their standardised features X and X·Xᵀ = L·Lᵀ, the n rows of L
 * lie to each other as those of X do. A penalised head is a sum of its training rows, so nothing is lost: loss, penalty and the
 * optimiser's steps are the same, on vectors of n instead of D numbers.
 *
 * @param products where left out, or where the rows are too many for it to pay, the coordinates are the standardised features
 */
export async function compactSubset(
  set: TrainingSet,
  rows: readonly number[],
  standardisation: Standardisation,
  products: Products | undefined,
): Promise<CompactSet> {
  const { dim } = set.features
  const picked = pickRows(set, rows)
  const features = await standardisedRows(set.features, rows, standardisation)
  const count = rows.length
  if (products === undefined || count > worthwhile * dim) {
    return { set: { ...picked, features: denseSource(features, dim) }, expand: (point) => Promise.resolve(point) }
  }
  const gram = await products.multiplyTransposed(features, features, [count, dim, count])
  const factor = await cholesky(gram, count, (a, height, depth, first) =>
    products.multiplyTransposed(a, a.subarray(0, first * depth), [height, depth, first]),
  )
  return {
    set: { ...picked, features: denseSource(factor, count) },
    // L·v = X·V for V = Xᵀ·a where Lᵀ·a = v.
    async expand(point) {
      const k = set.classes
      const shares = solveTransposed(factor, count, point.subarray(0, count * k), k)
      const weight = await products.multiply(transposed(shares, count, k), features, [k, count, dim])
      const expanded = new Float64Array((dim + 1) * k)
      expanded.set(transposed(weight, k, dim))
      expanded.set(point.subarray(count * k), dim * k)
      return expanded
    },
  }
}

async function standardisedRows(
  { dim, read }: FeatureSource,
  rows: readonly number[],
  { mean, inverseDeviation }: Standardisation,
): Promise<Float32Array> {
  const result = new Float32Array(rows.length * dim)
  for (const [i, row] of rows.entries()) {
    const raw = await read(row, row + 1)
    for (let d = 0; d < dim; d++) result[i * dim + d] = (raw[d]! - mean[d]!) * inverseDeviation[d]!
  }
  return result
}

function transposed(matrix: Float32Array | Float64Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = matrix[r * columns + c]!
  }
  return result
}
