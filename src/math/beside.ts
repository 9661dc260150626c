/** A row-major matrix. */
export interface Matrix {
  readonly columns: number
  /** [rows × columns] */
  readonly values: Float32Array
}

/** Matrices of equally many rows, side by side. */
export function beside(parts: readonly Matrix[], rows: number): Matrix {
  const columns = parts.reduce((sum, part) => sum + part.columns, 0)
  const values = new Float32Array(rows * columns)
  let first = 0
  for (const { columns: own, values: from } of parts) {
    for (let row = 0; row < rows; row++) {
      values.set(from.subarray(row * own, (row + 1) * own), row * columns + first)
    }
    first += own
  }
  return { columns, values }
}
