import { describe, expect, test } from '@jest/globals'
import { fitPowerLaw } from '../../src/math/power-law.js'
import { createRandom } from '../../src/math/random.js'

const sizes = [10, 20, 40, 80]

/** A covariance of independent errors. */
function diagonal(deviation: number, m = sizes.length): Float64Array {
  return Float64Array.from({ length: m * m }, (_, i) => (i % (m + 1) === 0 ? deviation ** 2 : 0))
}

describe('a power law', () => {
  test.each([
    { a: 0, b: 0.9, c: 0.5 },
    { a: 0, b: 0.5, c: 0.2 },
    { a: 0.05, b: 1.5, c: 0.9 },
  ])('is recovered from exact errors: $a + $b n^-$c', ({ a, b, c }) => {
    const law = (n: number) => a + b * n ** -c
    const fitted = fitPowerLaw({ sizes, errors: sizes.map(law), covariance: diagonal(1e-4) })
    for (const n of [80, 160, 320]) expect(fitted(n).mean).toBeCloseTo(law(n), 2)
    expect(Math.sqrt(fitted(160).variance)).toBeLessThan(0.005)
  })

  test('is as sure as its errors allow: a 95 % interval holds the value about as often', () => {
    const random = createRandom('coverage')
    let held = 0
    for (let round = 0; round < 100; round++) {
      const errors = sizes.map((n) => 0.02 + 0.8 * n ** -0.6 + 0.01 * random.normal())
      const { mean, variance } = fitPowerLaw({ sizes, errors, covariance: diagonal(0.01) })(160)
      if (Math.abs(mean - (0.02 + 0.8 * 160 ** -0.6)) < 1.96 * Math.sqrt(variance)) held++
    }
    expect(held / 100).toBeGreaterThan(0.9)
  })

  test('takes errors that all are off by the same for what they are: unsure of the level, sure of the slope', () => {
    const errors = sizes.map((n) => 0.9 * n ** -0.5)
    const common = Float64Array.from({ length: 16 }, (_, i) => 0.03 ** 2 + (i % 5 === 0 ? 0.001 ** 2 : 0))
    const together = fitPowerLaw({ sizes, errors, covariance: common })
    const apart = fitPowerLaw({ sizes, errors, covariance: diagonal(0.03) })
    expect(together(160).mean).toBeCloseTo(0.9 * 160 ** -0.5, 1)
    expect(together(80).variance).toBeGreaterThan(0)
    expect(Math.abs(together(160).mean - 0.9 * 160 ** -0.5)).toBeLessThan(
      Math.abs(apart(160).mean - 0.9 * 160 ** -0.5) + 0.01,
    )
  })
})
