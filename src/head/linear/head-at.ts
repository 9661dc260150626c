import { transposed } from '../../math/transpose.js'
import type { Point } from './fit.js'
import type { LinearWeights } from './types.js'
import type { Standardisation } from '../standardise.js'

/** The head with the parameters of a point, on the features that the point was fitted to. */
export function headAt(point: Point, columns: number): LinearWeights {
  const dim = point.length / columns - 1
  const size = columns * dim
  const weight = transposed(Float32Array.from(point.subarray(0, size)), columns, dim)
  return { dim, columns, weight, bias: Float32Array.from(point.subarray(size)) }
}

/** Converts a head V, c on standardised features into the equivalent head on raw features: W = V/σ, b = c − μᵀW. */
export function onRawFeatures(
  { dim, columns, weight, bias }: LinearWeights,
  { mean, inverseDeviation }: Standardisation,
): LinearWeights {
  const raw = new Float32Array(weight.length)
  const shift = new Float64Array(columns)
  for (let d = 0; d < dim; d++) {
    for (let c = 0, i = d * columns; c < columns; c++, i++) {
      raw[i] = weight[i]! * inverseDeviation[d]!
      shift[c]! += mean[d]! * raw[i]!
    }
  }
  return { dim, columns, weight: raw, bias: bias.map((value, c) => value - shift[c]!) }
}
