import { expect, test } from '@jest/globals'
import { leaveOneOut } from '../../src/advice/leave-one-out.js'
import { createRandom } from '../../src/math/random.js'
import { plainProducts } from '../support/plain-products.js'

/** Solves a small system by Gauss-Jordan elimination with pivoting, in float64. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, r) => [...row, right[r]!])
  for (let p = 0; p < rows.length; p++) {
    const best = rows.slice(p).reduce((at, row, i) => (Math.abs(row[p]!) > Math.abs(rows[at]![p]!) ? p + i : at), p)
    ;[rows[p], rows[best]] = [rows[best]!, rows[p]!]
    for (let r = 0; r < rows.length; r++) {
      if (r === p) continue
      const factor = rows[r]![p]! / rows[p]![p]!
      rows[r] = rows[r]!.map((value, c) => value - factor * rows[p]![c]!)
    }
  }
  return rows.map((row, r) => row.at(-1)! / row[r]!)
}

test('each prediction is that of a ridge regression fitted to the other rows', async () => {
  const random = createRandom('rows')
  const [count, dim, ridge] = [9, 4, 0.3]
  const values = Float32Array.from({ length: count * dim }, (_, i) => random.normal() * (1 + (i % dim)) + (i % dim))
  const targets = Float32Array.from({ length: 2 * count }, random.normal)
  const predict = await leaveOneOut({ count, dim, values }, ridge, plainProducts)
  const predicted = await predict(targets)

  const column = (d: number) => Array.from({ length: count }, (_, i) => values[i * dim + d]!)
  const scaled = Array.from({ length: dim }, (_, d) => {
    const own = column(d)
    const mean = own.reduce((sum, one) => sum + one, 0) / count
    const deviation = Math.sqrt(own.reduce((sum, one) => sum + (one - mean) ** 2, 0) / count)
    return own.map((one) => (one - mean) / deviation)
  })
  const row = (i: number) => scaled.map((own) => own[i]!)
  for (const t of [0, 1]) {
    for (let left = 0; left < count; left++) {
      const others = [...Array(count).keys()].filter((i) => i !== left)
      // The primal problem: weights w of least Σ (x·w − y)² + λ·dim·|w|².
      const normal = Array.from({ length: dim }, (_, a) =>
        Array.from(
          { length: dim },
          (_, b) => others.reduce((sum, i) => sum + row(i)[a]! * row(i)[b]!, 0) + (a === b ? ridge * dim : 0),
        ),
      )
      const right = Array.from({ length: dim }, (_, a) =>
        others.reduce((sum, i) => sum + row(i)[a]! * targets[t * count + i]!, 0),
      )
      const weights = solve(normal, right)
      const expected = row(left).reduce((sum, value, d) => sum + value * weights[d]!, 0)
      expect(predicted[t * count + left]).toBeCloseTo(expected, 3)
    }
  }
})

test('features that never vary count for nothing', async () => {
  const values = Float32Array.of(1, 7, 2, 7, 3, 7, 5, 7)
  const targets = Float32Array.of(-1, -0.5, 0, 1)
  const predict = await leaveOneOut({ count: 4, dim: 2, values }, 1, plainProducts)
  const alone = await leaveOneOut({ count: 4, dim: 1, values: Float32Array.of(1, 2, 3, 5) }, 2, plainProducts)
  // Inner products are divided by the number of features, so that half of the ridge is as much for twice as many.
  const [both, one] = [await predict(targets), await alone(targets)]
  both.forEach((value, i) => expect(value).toBeCloseTo(one[i]!, 4))
})
