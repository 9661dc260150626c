import { expect, test } from '@jest/globals'
import { openMatrixProducts } from '../../src/head/ort-matrix-products.js'

test('products of matrices, the second one as it is or transposed', async () => {
  await using products = await openMatrixProducts()
  const a = Float32Array.of(1, 2, 3, 4, 5, 6)
  expect([...(await products.multiply(a, Float32Array.of(1, 0, 0, 1, -1, 2), [2, 3, 2]))]).toEqual([-2, 8, -2, 17])
  expect([...(await products.multiplyTransposed(a, a, [2, 3, 2]))]).toEqual([14, 32, 32, 77])
  expect([...(await products.multiplyTransposed(a, a.subarray(0, 3), [2, 3, 1]))]).toEqual([14, 32])
})
