import { describe, expect, test } from '@jest/globals'
import { cholesky, solveLower } from '../../src/math/cholesky.js'
import { createRandom } from '../../src/math/random.js'

function multiplyTransposed(
  a: Float32Array,
  b: Float32Array,
  [rows, depth, columns]: readonly [number, number, number],
): Float32Array {
  const product = new Float32Array(rows * columns)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0
      for (let t = 0; t < depth; t++) sum += a[r * depth + t]! * b[c * depth + t]!
      product[r * columns + c] = sum
    }
  }
  return product
}

/** X·Xᵀ of a random X [n × depth] in which the rows named repeat the first. */
function gram(n: number, depth: number, repeated: readonly number[] = []): Float32Array {
  const random = createRandom('gram')
  const x = Float32Array.from({ length: n * depth }, () => random.normal())
  for (const row of repeated) x.copyWithin(row * depth, 0, depth)
  return multiplyTransposed(x, x, [n, depth, n])
}

/** The largest |K − L·Lᵀ|. */
function error(matrix: Float32Array, factor: Float32Array, n: number): number {
  return multiplyTransposed(factor, factor, [n, n, n]).reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - matrix[i]!)),
    0,
  )
}

describe('cholesky', () => {
  test.each([1, 5, 64, 65, 150])('the factor of %i rows is lower triangular, and its square the matrix', async (n) => {
    const matrix = gram(n, 200)
    const factor = await cholesky(matrix, n, multiplyTransposed)
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
    const factor = await cholesky(matrix, n, multiplyTransposed)
    for (const row of repeated) {
      for (let r = 0; r < n; r++) expect(factor[r * n + row]).toBeCloseTo(0, 12)
    }
    expect(error(matrix, factor, n)).toBeLessThan(1e-3)
  })
})

test('solveLower finds what the factor turns into the right side', async () => {
  const [n, rows] = [70, 3]
  const factor = await cholesky(gram(n, 100, [9]), n, multiplyTransposed)
  const random = createRandom('solution')
  const solution = Float64Array.from({ length: rows * n }, (_, i) => (i % n === 9 ? 0 : random.normal()))
  const right = new Float64Array(rows * n)
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) right[r * n + j]! += solution[r * n + i]! * factor[i * n + j]!
    }
  }
  solveLower(factor, n, right).forEach((value, i) => expect(value).toBeCloseTo(solution[i]!, 5))
})
