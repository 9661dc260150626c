import { expect, test } from '@jest/globals'
import { mcnemarTest } from '../../src/math/mcnemar.js'

/** The same in whole numbers: twice the tail of the binomial distribution with equal chances. */
function exactly(better: number, worse: number): number {
  const all = better + worse
  let ways = 1n
  let tail = 1n
  for (let k = 1; k <= Math.min(better, worse); k++) {
    ways = (ways * BigInt(all - k + 1)) / BigInt(k)
    tail += ways
  }
  const digits = 10n ** 20n
  return Math.min(1, Number((2n * tail * digits) / 2n ** BigInt(all)) / 1e20)
}

test.each([
  [0, 0, 1],
  [0, 1, 1],
  [3, 3, 1],
  [0, 5, 0.0625],
  [5, 0, 0.0625],
  [1, 9, 22 / 1024],
])('%d better and %d worse are chance with %d', (better, worse, p) => {
  expect(mcnemarTest(better, worse)).toBeCloseTo(p, 14)
})

test.each([
  [12, 5],
  [40, 71],
  [1000, 1100],
  [3000, 3100],
])('%d better and %d worse: as in whole numbers', (better, worse) => {
  expect(mcnemarTest(better, worse) / exactly(better, worse)).toBeCloseTo(1, 9)
})
