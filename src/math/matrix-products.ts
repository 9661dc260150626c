/** Rows, depth and columns of a product. */
export type ProductShape = readonly [rows: number, depth: number, columns: number]

/** Products of row-major float32 matrices; implemented wherever a fast way to compute them exists. */
export interface MatrixProducts {
  /** A·B. @param shape of A [rows × depth] and B [depth × columns] */
  multiply(a: Float32Array, b: Float32Array, shape: ProductShape): Promise<Float32Array>
  /** A·Bᵀ. @param shape of A [rows × depth] and B [columns × depth] */
  multiplyTransposed(a: Float32Array, b: Float32Array, shape: ProductShape): Promise<Float32Array>
}
