import { gridSide } from '../../image/look.js'
import { correlation } from './correlation.js'

/** Side of a place, in cells of the grid. */
const placeSide = 8
/** Weaker detail, in steps of luma, may be noise of the compression. */
const minStrength = 1
/** A place agrees from this correlation on. */
const minCorrelation = 0.5
/** Fewer places with detail say nothing. */
const minPlaces = 4

/**
 * The share of the places with detail where two grids of detail correlate. What many pictures share, such as a frame, a
 * watermark or the corners of a turned picture, has strong detail in few places.
 */
export function agreement(a: Float32Array, b: Float32Array): number {
  let [agreeing, detailed] = [0, 0]
  for (let top = 0; top < gridSide; top += placeSide) {
    for (let left = 0; left < gridSide; left += placeSide) {
      const [one, other] = [a, b].map((values) => part(values, left, top)) as [Float32Array, Float32Array]
      if (Math.max(strength(one), strength(other)) < minStrength) continue
      detailed++
      if (correlation(one, other) >= minCorrelation) agreeing++
    }
  }
  return detailed < minPlaces ? 0 : agreeing / detailed
}

/** A square of a grid. */
function part(values: Float32Array, left: number, top: number): Float32Array {
  const result = new Float32Array(placeSide ** 2)
  for (let row = 0; row < placeSide; row++) {
    const start = (top + row) * gridSide + left
    result.set(values.subarray(start, start + placeSide), row * placeSide)
  }
  return result
}

/** Root of the mean square. */
function strength(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)
}
