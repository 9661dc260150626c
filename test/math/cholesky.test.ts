import { describe, expect, test } from '@jest/globals'
import { cholesky, solveTransposed } from '../../src/math/cholesky.js'
import { createRandom } from '../../src/math/random.js'

function productWithFirstRows(a: Float32Array, rows: number, depth: number, first: number): Float32Array {
  const product = new Float32Array(rows * first)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < first; c++) {
      let sum = 0
      for (let t = 0; t < depth; t++) sum += a[r * depth + t]! * a[c * depth + t]!
      product[r * first + c] = sum
    }
  }
  return product
}

/** X·Xᵀ of a random X [n × depth] in which the rows named repeat the first. */
function gram(n: number, depth: number, repeated: readonly number[] = []): Float32Array {
  const random = createRandom('gram')
  const x = Float32Array.from({ length: n * depth }, () => random.normal())
  for (const row of repeated) x.copyWithin(row * depth, 0, depth)
  return productWithFirstRows(x, n, depth, n)
}

/** The largest |K − L·Lᵀ|. */
function error(matrix: Float32Array, factor: Float32Array, n: number): number {
  return productWithFirstRows(factor, n, n, n).reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - matrix[i]!)),
    0,
  )
}

describe('cholesky', () => {
  test.each([1, 5, 64, 65, 150])('the factor of %i rows is lower triangular, and its square the matrix', async (n) => {
    const matrix = gram(n, 200)
    const factor = await cholesky(matrix, n, productWithFirstRows)
    expect(error(matrix, factor, n)).toBeLessThan(1e-3)
    for (let r = 0; r < n; r++) {
      expect(factor[r * n + r]).toBeGreaterThan(0)
      for (let c = r + 1; c < n; c++) expect(factor[r * n + c]).toBe(0)
    }
  })

  test('rows that depend on earlier ones get a column of 0, and the square is the matrix still', async () => {
    const n = 80
    const repeated = [3, 70]
    const matrix = gram(n, 120, repeated)
    const factor = await cholesky(matrix, n, productWithFirstRows)
    for (const row of repeated) {
      for (let r = 0; r < n; r++) expect(factor[r * n + row]).toBeCloseTo(0, 12)
    }
    expect(error(matrix, factor, n)).toBeLessThan(1e-3)
  })
})

test('solveTransposed finds what the transposed factor makes the right side of', async () => {
  const [n, columns] = [70, 3]
  const factor = await cholesky(gram(n, 100, [9]), n, productWithFirstRows)
  const random = createRandom('solution')
  const solution = Float64Array.from({ length: n * columns }, () => random.normal()).fill(0, 9 * columns, 10 * columns)
  const right = new Float64Array(n * columns)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      for (let c = 0; c < columns; c++) right[j * columns + c]! += factor[i * n + j]! * solution[i * columns + c]!
    }
  }
  const found = solveTransposed(factor, n, right, columns)
  found.forEach((value, i) => expect(value).toBeCloseTo(solution[i]!, 5))
})
