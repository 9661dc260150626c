import { describe, expect, test } from '@jest/globals'
import { leastNormSolution, times } from '../../src/math/least-norm.js'
import { createRandom } from '../../src/math/random.js'

const random = createRandom('least-norm')
const [rows, columns] = [6, 10]
const a = Float32Array.from({ length: rows * columns }, () => random.normal())
const b = Float64Array.from({ length: rows }, () => random.normal())

describe('leastNormSolution', () => {
  const x = leastNormSolution(a, b, columns, 1e-10)

  test('solves the system', () => {
    times(a, x, rows).forEach((value, row) => expect(value).toBeCloseTo(b[row]!, 8))
  })

  test('is the shortest solution: it is orthogonal to what A does not see', () => {
    // Any vector minus the shortest vector with the same image lies in the kernel of A.
    const any = Float64Array.from({ length: columns }, () => random.normal())
    const seen = leastNormSolution(a, times(a, any, rows), columns, 1e-10)
    const unseen = any.map((value, d) => value - seen[d]!)
    for (const value of times(a, unseen, rows)) expect(value).toBeCloseTo(0, 8)
    expect(unseen.reduce((sum, value, d) => sum + value * x[d]!, 0)).toBeCloseTo(0, 8)
  })

  test('is 0 for 0', () => {
    expect([...leastNormSolution(a, new Float64Array(rows), columns)]).toEqual(new Array(columns).fill(0))
  })
})
