import type { MatrixProducts, ProductShape } from '../../src/math/matrix-products.js'

/** MatrixProducts by plain loops, summed in float64. */
export const plainProducts: MatrixProducts = {
  multiply: (a, b, shape) => product(a, b, shape, (t, c, [, , columns]) => t * columns + c),
  multiplyTransposed: (a, b, shape) => product(a, b, shape, (t, c, [, depth]) => c * depth + t),
}

function product(
  a: Float32Array,
  b: Float32Array,
  shape: ProductShape,
  placeInB: (t: number, column: number, shape: ProductShape) => number,
): Promise<Float32Array> {
  const [rows, depth, columns] = shape
  const result = new Float32Array(rows * columns)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0
      for (let t = 0; t < depth; t++) sum += a[r * depth + t]! * b[placeInB(t, c, shape)]!
      result[r * columns + c] = sum
    }
  }
  return Promise.resolve(result)
}
