import type { FeatureSource } from './types.js'

/** Mean and inverse standard deviation of every feature. */
export interface Standardisation {
  /** [dim] */
  readonly mean: Float64Array
  /** [dim]; 0 for a feature that does not vary, which takes it out of the head */
  readonly inverseDeviation: Float64Array
  /** The usual length of a standardised row: the root of the number of features that vary. */
  readonly rowLength: number
}

const blockRows = 2048

/** One pass over the rows whose weight is above 0, each counted by its weight. */
export async function standardise(features: FeatureSource, rowWeight: Float32Array): Promise<Standardisation> {
  const { dim, count } = features
  const mean = new Float64Array(dim)
  const squares = new Float64Array(dim)
  let total = 0
  for (let start = 0; start < count; start += blockRows) {
    const end = Math.min(start + blockRows, count)
    const block = await features.read(start, end)
    // Two rows at a time: half as often a sum is read and written.
    for (let row = start; row < end; row += 2) {
      const next = Math.min(row + 1, end - 1)
      const weight = rowWeight[row]!
      const nextWeight = next === row ? 0 : rowWeight[next]!
      total += weight + nextWeight
      const values = block.subarray((row - start) * dim, (row - start + 1) * dim)
      const nextValues = block.subarray((next - start) * dim, (next - start + 1) * dim)
      for (let d = 0; d < values.length; d++) {
        const weighted = weight * values[d]!
        const nextWeighted = nextWeight * nextValues[d]!
        mean[d]! += weighted + nextWeighted
        squares[d]! += weighted * values[d]! + nextWeighted * nextValues[d]!
      }
    }
  }
  const inverseDeviation = new Float64Array(dim)
  for (let d = 0; d < dim; d++) {
    mean[d]! /= total
    const variance = squares[d]! / total - mean[d]! ** 2
    // Below this the variance is rounding, not signal: features are float16 on disk.
    inverseDeviation[d] = variance > 1e-6 * mean[d]! ** 2 + 1e-12 ? 1 / Math.sqrt(variance) : 0
  }
  const varying = inverseDeviation.reduce((sum, scale) => sum + (scale > 0 ? 1 : 0), 0)
  return { mean, inverseDeviation, rowLength: Math.sqrt(varying) }
}

/** Of features that are standardised already. */
export function unchanged(dim: number, rowLength: number): Standardisation {
  return { mean: new Float64Array(dim), inverseDeviation: new Float64Array(dim).fill(1), rowLength }
}
