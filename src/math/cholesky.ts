import type { MatrixProducts } from './matrix-products.js'

/** Columns factored between two matrix products. */
const blockWidth = 64

/** A pivot below this share of its diagonal entry is rounding error: the row depends on earlier rows. */
const pivotTolerance = 1e-5

/**
 * The Cholesky factor L of a symmetric positive semidefinite matrix K = L·Lᵀ, computed in blocks of columns from left
 * to right (Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.9), so that nearly all of the work lies in
 * matrix products. Where a row depends on earlier rows, its column of L is 0.
 *
 * @param matrix row-major [n × n]; only the lower triangle is used
 * @returns row-major [n × n], 0 above the diagonal
 */
export async function cholesky(
  matrix: Float32Array,
  n: number,
  { multiplyTransposed }: Pick<MatrixProducts, 'multiplyTransposed'>,
): Promise<Float32Array> {
  const factor = new Float32Array(n * n)
  // rows · left is largest at left = n / 2.
  const scratch = new Float32Array(Math.ceil(n / 2) ** 2)
  for (let left = 0; left < n; left += blockWidth) {
    const columns = Math.min(blockWidth, n - left)
    const rows = n - left
    const panel = block(matrix, n, left, left, rows, columns)
    if (left > 0) {
      const factored = block(factor, n, left, 0, rows, left, scratch)
      const update = await multiplyTransposed(factored, factored.subarray(0, columns * left), [rows, left, columns])
      subtract(panel, update)
    }
    const { corner, inverse } = factorCorner(panel, columns, (r) => matrix[(left + r) * n + left + r]!)
    setBlock(factor, n, left, left, corner, columns)
    const below = panel.subarray(columns * columns)
    if (below.length === 0) continue
    // X·Lᵀ = P, so X = P·(L⁻¹)ᵀ.
    const solved = await multiplyTransposed(below, inverse, [rows - columns, columns, columns])
    setBlock(factor, n, left + columns, left, solved, columns)
  }
  return factor
}

function block(
  matrix: Float32Array,
  n: number,
  top: number,
  left: number,
  rows: number,
  columns: number,
  target = new Float32Array(rows * columns),
): Float32Array {
  const copy = target.subarray(0, rows * columns)
  for (let r = 0; r < rows; r++) {
    const from = (top + r) * n + left
    copy.set(matrix.subarray(from, from + columns), r * columns)
  }
  return copy
}

function subtract(target: Float32Array, values: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i]! -= values[i]!
}

function setBlock(matrix: Float32Array, n: number, top: number, left: number, values: Float32Array, columns: number) {
  for (let r = 0; r * columns < values.length; r++) {
    matrix.set(values.subarray(r * columns, (r + 1) * columns), (top + r) * n + left)
  }
}

/**
 * Factors the square at the top of a panel and inverts the factor. A row that depends on earlier rows has a column of 0
 * in the factor, and a row and a column of 0 in the inverse.
 */
function factorCorner(
  panel: Float32Array,
  size: number,
  diagonal: (row: number) => number,
): { corner: Float32Array; inverse: Float32Array } {
  const corner = new Float64Array(size * size)
  const inverse = new Float64Array(size * size)
  for (let r = 0; r < size; r++) {
    for (let c = 0; c <= r; c++) {
      let value = panel[r * size + c]!
      for (let t = 0; t < c; t++) value -= corner[r * size + t]! * corner[c * size + t]!
      if (c < r) corner[r * size + c] = value * inverse[c * size + c]!
      else if (value > pivotTolerance * diagonal(r)) corner[r * size + r] = Math.sqrt(value)
    }
    const pivot = corner[r * size + r]!
    if (pivot === 0) continue
    inverse[r * size + r] = 1 / pivot
    for (let c = 0; c < r; c++) {
      let sum = 0
      for (let t = c; t < r; t++) sum += corner[r * size + t]! * inverse[t * size + c]!
      inverse[r * size + c] = -sum / pivot
    }
  }
  return { corner: Float32Array.from(corner), inverse: Float32Array.from(inverse) }
}

/**
 * Solves A·L = V for A, in blocks of columns from right to left. Where L has a column of 0, so has A.
 *
 * @param factor L, row-major [n × n], lower triangular
 * @param right V, row-major [rows × n]
 * @returns A, row-major [rows × n]
 */
export async function solveLower(
  factor: Float32Array,
  n: number,
  right: Float32Array,
  { multiply }: Pick<MatrixProducts, 'multiply'>,
): Promise<Float32Array> {
  const rows = right.length / n
  const solution = new Float32Array(right.length)
  for (let left = Math.floor((n - 1) / blockWidth) * blockWidth; left >= 0; left -= blockWidth) {
    const columns = Math.min(blockWidth, n - left)
    const end = left + columns
    const part = block(right, n, 0, left, rows, columns)
    if (end < n) {
      const solved = block(solution, n, 0, end, rows, n - end)
      const update = await multiply(solved, block(factor, n, end, left, n - end, columns), [rows, n - end, columns])
      subtract(part, update)
    }
    for (let r = 0; r < rows; r++) {
      for (let i = columns - 1; i >= 0; i--) {
        const pivot = factor[(left + i) * n + left + i]!
        let value = part[r * columns + i]!
        for (let t = i + 1; t < columns; t++) value -= part[r * columns + t]! * factor[(left + t) * n + left + i]!
        part[r * columns + i] = pivot === 0 ? 0 : value / pivot
      }
    }
    setBlock(solution, n, 0, left, part, columns)
  }
  return solution
}
