/** Columns that are worked out between two matrix products. */
const width = 64

/** Pivots below this share of the matrix's own diagonal are rounding: the row depends on the rows before it. */
const rounding = 1e-5

/**
 * A·A₀ᵀ for row-major A [rows × depth], where A₀ are the first rows of A.
 *
 * @returns row-major [rows × first]
 */
export type ProductWithFirstRows = (
  a: Float32Array,
  rows: number,
  depth: number,
  first: number,
) => Float32Array | Promise<Float32Array>

/**
 * The Cholesky factor L of a symmetric matrix without negative eigenvalues, K = L·Lᵀ: blocks of columns from left to right (Golub & Van
 * Loan, Matrix Computations, 4th ed., section 4.2.9), so that nearly all of the work lies in matrix products. Where a row depends on
 * those before it, the column of L is 0.
 *
 * @param matrix row-major [n × n]; the part below the diagonal is read
 * @param product multiplies; the caller knows the fastest way
 * @returns row-major [n × n], 0 above the diagonal
 */
export async function cholesky(matrix: Float32Array, n: number, product: ProductWithFirstRows): Promise<Float32Array> {
  const factor = new Float32Array(n * n)
  for (let left = 0; left < n; left += width) {
    const columns = Math.min(width, n - left)
    const rows = n - left
    const panel = new Float64Array(rows * columns)
    for (let r = 0; r < rows; r++) {
      const from = (left + r) * n + left
      panel.set(matrix.subarray(from, from + Math.min(columns, r + 1)), r * columns)
    }
    if (left > 0) {
      const done = new Float32Array(rows * left)
      for (let r = 0; r < rows; r++) done.set(factor.subarray((left + r) * n, (left + r) * n + left), r * left)
      const known = await product(done, rows, left, columns)
      for (let i = 0; i < panel.length; i++) panel[i]! -= known[i]!
    }
    factorPanel(panel, rows, columns, (r) => matrix[(left + r) * n + left + r]!)
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < Math.min(columns, r + 1); c++) factor[(left + r) * n + left + c] = panel[r * columns + c]!
    }
  }
  return factor
}

/** Turns what is left of a block of columns, diagonal block first, into its part of L, in place. */
function factorPanel(panel: Float64Array, rows: number, columns: number, diagonal: (row: number) => number): void {
  const inverse = new Float64Array(columns)
  for (let r = 0; r < rows; r++) {
    const row = panel.subarray(r * columns, (r + 1) * columns)
    for (let c = 0; c < Math.min(columns, r + 1); c++) {
      let value = row[c]!
      for (let t = 0; t < c; t++) value -= row[t]! * panel[c * columns + t]!
      if (c < r) {
        row[c] = value * inverse[c]!
      } else {
        const depends = value <= rounding * diagonal(r)
        row[c] = depends ? 0 : Math.sqrt(value)
        inverse[c] = depends ? 0 : 1 / row[c]!
      }
    }
  }
}

/**
 * Solves Lᵀ·A = V for several columns at once; where L has a column of 0, A has a row of 0.
 *
 * @param factor row-major [n × n], lower triangular
 * @param right row-major [n × columns]
 * @returns row-major [n × columns]
 */
export function solveTransposed(factor: Float32Array, n: number, right: Float64Array, columns: number): Float64Array {
  const solution = right.slice()
  for (let i = n - 1; i >= 0; i--) {
    const pivot = factor[i * n + i]!
    for (let c = 0; c < columns; c++) {
      const value = pivot === 0 ? 0 : solution[i * columns + c]! / pivot
      solution[i * columns + c] = value
    }
    // Row i of L is column i of Lᵀ.
    for (let j = 0; j < i; j++) {
      const share = factor[i * n + j]!
      for (let c = 0; c < columns; c++) solution[j * columns + c]! -= share * solution[i * columns + c]!
    }
  }
  return solution
}
