import { cholesky, solveLower } from '../math/cholesky.js'
import { denseSource, type FeatureSource } from './feature-source.js'
import type { MatrixProducts } from '../math/matrix-products.js'
import { weightPlaces, type Point } from './point.js'
import { pickTrainingRows } from './training-rows.js'
import { identityStandardisation, standardiseRow, type Standardisation } from './standardise.js'
import { byFeatures, type StandardisedGroup, type StandardisedSet } from './standardised-set.js'

/** A training set in fewer coordinates, and the way back. */
export interface CompactSet {
  readonly set: StandardisedSet
  /** Converts a point of the compact set into that on standardised features with the same products and penalty. */
  expand(point: Point): Promise<Point>
}

/** Features in fewer coordinates, and the way back for rows of weights, row-major [m × n]. */
interface Coordinates {
  readonly features: FeatureSource
  expand(weight: Float64Array): Promise<ArrayLike<number>>
}

/** Largest number of rows, as a share of the features, up to which fewer coordinates save time in many fits. */
const worthwhile = 0.9
/** The same for all rows of a set, which are fitted but once. */
const worthwhileOnce = 0.5
/** Most bytes of standardised features, as float32, of all rows of a set that is made compact as a whole. */
const mostBytes = 512 * 2 ** 20
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
  { groups, ...columns }: StandardisedSet,
  rows: readonly number[],
  products: MatrixProducts | undefined,
): Promise<CompactSet> {
  const compact = await byFeatures(groups, async (group) => ({
    coordinates: await coordinatesOf(group, rows, products),
  }))
  const set = {
    ...pickTrainingRows(columns, rows),
    groups: compact.map(({ columns, coordinates: { features }, standardisation: { rowLength } }) => ({
      columns,
      features,
      standardisation: identityStandardisation(features.dim, rowLength),
    })),
  }
  const places = weightPlaces(set.groups)
  return {
    set,
    async expand(point) {
      const weights: ArrayLike<number>[] = []
      for (const [g, { start, end }] of places.entries()) {
        weights.push(await compact[g]!.coordinates.expand(point.subarray(start, end)))
      }
      const biases = point.subarray(places.at(-1)?.end ?? 0)
      const size = weights.reduce((sum, { length }) => sum + length, 0)
      const expanded = new Float64Array(size + biases.length)
      let place = 0
      for (const weight of weights) {
        expanded.set(weight, place)
        place += weight.length
      }
      expanded.set(biases, place)
      return expanded
    },
  }
}

/** Whether all rows of a set in fewer coordinates save time and fit into memory. */
export function canBeCompact({ groups, target: { length: count } }: StandardisedSet): boolean {
  return groups.every(({ features: { dim } }) => count <= worthwhileOnce * dim && 4 * count * dim <= mostBytes)
}

async function coordinatesOf(
  { features: { dim, read }, standardisation }: StandardisedGroup,
  rows: readonly number[],
  products: MatrixProducts | undefined,
): Promise<Coordinates> {
  const features = await standardisedRows({ dim, read }, rows, standardisation)
  const count = rows.length
  if (products === undefined || count > worthwhile * dim) {
    return { features: denseSource(features, dim), expand: (weight) => Promise.resolve(weight) }
  }
  const factor = await cholesky(await gram(features, count, products), count, products)
  return {
    features: denseSource(factor, count),
    // V·Xᵀ = v·Lᵀ for V = a·X where a·L = v.
    async expand(weight) {
      const coefficients = await solveLower(factor, count, Float32Array.from(weight), products)
      return products.multiply(coefficients, features, [weight.length / count, count, dim])
    },
  }
}

async function standardisedRows(
  { dim, read }: Pick<FeatureSource, 'dim' | 'read'>,
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
