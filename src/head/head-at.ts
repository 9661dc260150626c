import { transposed } from '../math/transpose.js'
import type { Point } from './fit.js'
import type { Head, Standardisation } from './types.js'

/** The head that a point is, over the features that it was fitted to. */
export function headAt(point: Point, classes: number): Head {
  const dim = point.length / classes - 1
  const size = classes * dim
  const weight = transposed(Float32Array.from(point.subarray(0, size)), classes, dim)
  return { dim, classes, weight, bias: Float32Array.from(point.subarray(size)) }
}

/** The head that scores raw features as a given one, V and c, scores standardised ones: W = V/σ, b = c − μᵀW. */
export function onRawFeatures({ dim, classes, weight, bias }: Head, { mean, inverseDeviation }: Standardisation): Head {
  const raw = new Float32Array(weight.length)
  const shift = new Float64Array(classes)
  for (let d = 0; d < dim; d++) {
    for (let c = 0, i = d * classes; c < classes; c++, i++) {
      raw[i] = weight[i]! * inverseDeviation[d]!
      shift[c]! += mean[d]! * raw[i]!
    }
  }
  return { dim, classes, weight: raw, bias: bias.map((value, c) => value - shift[c]!) }
}
