import type { MatrixProducts } from './matrix-products.js'

/** Columns that are worked out between two matrix products. */
const width = 64

/** Pivots below this share of the matrix's own diagonal are rounding: the row depends on the rows before it. */
const rounding = 1e-5

/**
 * The Cholesky factor L of a symmetric matrix without negative eigenvalues, K = L·Lᵀ: blocks of columns from left to
 * right (Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.9), so that nearly all of the work lies in matrix
 * products. Where a row depends on those before it, the column of L is 0.
 *
 * @param matrix row-major [n × n]; the part below the diagonal is read
 * @returns row-major [n × n], 0 above the diagonal
 */
export async function cholesky(
  matrix: Float32Array,
  n: number,
  { multiplyTransposed }: Pick<MatrixProducts, 'multiplyTransposed'>,
): Promise<Float32Array> {
  const factor = new Float32Array(n * n)
  // rows · left is largest half-way.
  const scratch = new Float32Array(Math.ceil(n / 2) ** 2)
  for (let left = 0; left < n; left += width) {
    const columns = Math.min(width, n - left)
    const rows = n - left
    const panel = block(matrix, n, left, left, rows, columns)
    if (left > 0) {
      const done = block(factor, n, left, 0, rows, left, scratch)
      const known = await multiplyTransposed(done, done.subarray(0, columns * left), [rows, left, columns])
      subtract(panel, known)
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
 * The factor of a panel's first rows, and its inverse, with a row and a column of 0 for every row that depends on
 * others.
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
      else if (value > rounding * diagonal(r)) corner[r * size + r] = Math.sqrt(value)
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
 * Solves A·L = V, blocks of columns from right to left; where L has a column of 0, so has A.
 *
 * @param factor row-major [n × n], lower triangular
 * @param right row-major [rows × n]
 * @returns row-major [rows × n]
 */
export async function solveLower(
  factor: Float32Array,
  n: number,
  right: Float32Array,
  { multiply }: Pick<MatrixProducts, 'multiply'>,
): Promise<Float32Array> {
  const rows = right.length / n
  const solution = new Float32Array(right.length)
  for (let left = Math.floor((n - 1) / width) * width; left >= 0; left -= width) {
    const columns = Math.min(width, n - left)
    const end = left + columns
    const part = block(right, n, 0, left, rows, columns)
    if (end < n) {
      const solved = block(solution, n, 0, end, rows, n - end)
      const known = await multiply(solved, block(factor, n, end, left, n - end, columns), [rows, n - end, columns])
      subtract(part, known)
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
