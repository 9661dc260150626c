import { dot } from './vectors.js'

/**
 * The solution x of A·x = b with the smallest norm, by conjugate gradients on the normal equations (CGLS; Björck,
 * Numerical Methods for Least Squares Problems, 1996, section 7.4). Started from 0, the iteration stays in the row
 * space of A, so it converges to the solution of least norm.
 *
 * @param a row-major [rows × columns]
 * @param b [rows]; where it is not in the range of A, the result approximates a least-squares solution
 * @param tolerance stops where ‖b − A·x‖ ≤ tolerance·‖b‖
 * @returns [columns]
 */
export function leastNormSolution(a: Float32Array, b: Float64Array, columns: number, tolerance = 1e-2): Float64Array {
  const rows = b.length
  const x = new Float64Array(columns)
  const residual = b.slice()
  let gradient = timesTransposed(a, residual, columns)
  let direction = gradient.slice()
  let squared = dot(gradient, gradient)
  const tolerated = tolerance ** 2 * dot(b, b)
  for (let step = 0; step < maxSteps && squared > 0 && dot(residual, residual) > tolerated; step++) {
    const mapped = times(a, direction, rows)
    const stepLength = squared / dot(mapped, mapped)
    for (let d = 0; d < columns; d++) x[d]! += stepLength * direction[d]!
    for (let row = 0; row < rows; row++) residual[row]! -= stepLength * mapped[row]!
    gradient = timesTransposed(a, residual, columns)
    const next = dot(gradient, gradient)
    direction = gradient.map((value, d) => value + (next / squared) * direction[d]!)
    squared = next
  }
  return x
}

/** Heads of a thousand classes take about thirty steps. */
const maxSteps = 200

/**
 * A·x for a row-major A [rows × x.length].
 *
 * @returns [rows]
 */
export function times(a: Float32Array, x: Float64Array, rows: number): Float64Array {
  const columns = x.length
  const product = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let d = 0; d < columns; d++) sum += a[row * columns + d]! * x[d]!
    product[row] = sum
  }
  return product
}

function timesTransposed(a: Float32Array, y: Float64Array, columns: number): Float64Array {
  const product = new Float64Array(columns)
  for (let row = 0; row < y.length; row++) {
    for (let d = 0; d < columns; d++) product[d]! += y[row]! * a[row * columns + d]!
  }
  return product
}
