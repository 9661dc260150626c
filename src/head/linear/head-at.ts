import { transposed } from '../../math/transpose.js'
import { weightPlaces, type Point } from '../point.js'
import type { Standardisation } from '../standardise.js'
import type { ColumnGroup } from '../training-set.js'
import type { LinearWeights } from './types.js'

/** The heads with the parameters of a point, one for each group, on the features that the point was fitted to. */
export function headsAt(point: Point, groups: readonly ColumnGroup[]): LinearWeights[] {
  const places = weightPlaces(groups)
  let column = places.at(-1)?.end ?? 0
  return groups.map(({ columns, features: { dim } }, g) => {
    const { start, end } = places[g]!
    const weight = transposed(Float32Array.from(point.subarray(start, end)), columns, dim)
    return { dim, columns, weight, bias: Float32Array.from(point.subarray(column, (column += columns))) }
  })
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
