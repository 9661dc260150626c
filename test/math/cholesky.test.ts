import { describe, expect, test } from '@jest/globals'
import { cholesky, solveLower } from '../../src/math/cholesky.js'
import { createRandom } from '../../src/math/random.js'
import { plainProducts } from '../support/plain-products.js'

const { multiplyTransposed } = plainProducts

/** X·Xᵀ of a random X [n × depth] in which the given rows repeat the first. */
function gram(n: number, depth: number, repeated: readonly number[] = []): Promise<Float32Array> {
  const random = createRandom('gram')
  const x = Float32Array.from({ length: n * depth }, () => random.normal())
  for (const row of repeated) x.copyWithin(row * depth, 0, depth)
  return multiplyTransposed(x, x, [n, depth, n])
}

/** The largest |K − L·Lᵀ|. */
async function error(matrix: Float32Array, factor: Float32Array, n: number): Promise<number> {
  return (await multiplyTransposed(factor, factor, [n, n, n])).reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - matrix[i]!)),
    0,
  )
}

describe('cholesky', () => {
  test.each([1, 5, 64, 65, 150])('the factor of %i rows is lower triangular, and its square the matrix', async (n) => {
    const matrix = await gram(n, 200)
    const factor = await cholesky(matrix, n, plainProducts)
    expect(await error(matrix, factor, n)).toBeLessThan(1e-3)
    for (let r = 0; r < n; r++) {
      expect(factor[r * n + r]).toBeGreaterThan(0)
      for (let c = r + 1; c < n; c++) expect(factor[r * n + c]).toBe(0)
    }
  })

  test('rows that depend on earlier ones get a column of 0, and the square is the matrix still', async () => {
    const n = 80
    const repeated = [3, 70]
    const matrix = await gram(n, 120, repeated)
    const factor = await cholesky(matrix, n, plainProducts)
    for (const row of repeated) {
      for (let r = 0; r < n; r++) expect(factor[r * n + row]).toBeCloseTo(0, 12)
    }
    expect(await error(matrix, factor, n)).toBeLessThan(1e-3)
  })
})

test.each([40, 64, 150])('solveLower finds what the factor of %i rows turns into the right side', async (n) => {
  const rows = 3
  const factor = await cholesky(await gram(n, 300, [9]), n, plainProducts)
  const random = createRandom('solution')
  const solution = Float32Array.from({ length: rows * n }, (_, i) => (i % n === 9 ? 0 : random.normal()))
  const right = new Float32Array(rows * n)
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) right[r * n + j]! += solution[r * n + i]! * factor[i * n + j]!
    }
  }
  const found = await solveLower(factor, n, right, plainProducts)
  found.forEach((value, i) => expect(value).toBeCloseTo(solution[i]!, 4))
})
