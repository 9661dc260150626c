/** Rows, depth and columns of a product. */
export type ProductShape = readonly [rows: number, depth: number, columns: number]

/** MatrixProducts of row-major matrices; whoever has a fast way to them provides it. */
export interface MatrixProducts {
  /** A·B. @param shape of A [rows × depth] and B [depth × columns] */
  multiply(a: Float32Array, b: Float32Array, shape: ProductShape): Promise<Float32Array>
  /** A·Bᵀ. @param shape of A [rows × depth] and B [columns × depth] */
  multiplyTransposed(a: Float32Array, b: Float32Array, shape: ProductShape): Promise<Float32Array>
}
