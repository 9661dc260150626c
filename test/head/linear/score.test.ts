import { describe, expect, test } from '@jest/globals'
import { openMatrixProducts } from '../../../src/head/ort-matrix-products.js'
import { scoreRows, scoreSet } from '../../../src/head/linear/score.js'
import type { LinearWeights } from '../../../src/head/linear/types.js'
import { createRandom } from '../../../src/math/random.js'
import { featureRows, inGroups, randomSet, soleFeatures } from '../random-set.js'

function randomHead(dim: number, columns: number, seed: number): LinearWeights {
  const random = createRandom(`head:${seed}`)
  return {
    dim,
    columns,
    weight: Float32Array.from({ length: dim * columns }, () => random.normal()),
    bias: Float32Array.from({ length: columns }, () => random.normal()),
  }
}

describe('scoreRows', () => {
  test('scores every row with the head chosen for it, over several blocks', async () => {
    const set = randomSet({ classes: 1, dim: 4, images: 2100, old: 0 })
    const heads = [1, 2, 3].map((seed) => randomHead(4, 2, seed))
    const headOf = (row: number) => (row * 7) % 3
    const scores = await scoreRows(soleFeatures(set), heads, headOf)
    expect(scores).toHaveLength(2100 * 2)
    const rows = await featureRows(set)
    rows.forEach((features, row) => {
      const { weight, bias } = heads[headOf(row)]!
      for (const c of [0, 1]) {
        const expected = features.reduce((sum, f, d) => sum + f * weight[d * 2 + c]!, bias[c]!)
        expect(Math.abs(scores[row * 2 + c]! - expected)).toBeLessThan(1e-4)
      }
    })
  })

  test('takes the one head where nothing is chosen', async () => {
    const set = randomSet({ classes: 1, dim: 2, images: 3, old: 0 })
    const head: LinearWeights = { dim: 2, columns: 1, weight: Float32Array.of(1, 0), bias: Float32Array.of(0.5) }
    const rows = await featureRows(set)
    const scores = await scoreRows(soleFeatures(set), [head])
    rows.forEach((row, i) => expect(scores[i]).toBeCloseTo(row[0]! + 0.5, 5))
  })
})

describe('scoreSet', () => {
  const shape = { classes: 4, images: 3, old: 2 }
  const whole = randomSet({ ...shape, dim: 3 })
  const [narrow, wide] = [soleFeatures(whole), soleFeatures(randomSet({ ...shape, dim: 5, seed: 2 }))]

  test.each([
    ['one group', [[4, narrow]]],
    [
      'columns that read different features',
      [
        [1, narrow],
        [2, wide],
        [1, narrow],
      ],
    ],
  ] as const)('scores stand in the order of the columns, each row by its point: %s', async (_, groups) => {
    const set = inGroups(
      whole,
      groups.map(([columns, features]) => ({ columns, features })),
    )
    const random = createRandom('points')
    const weights = groups.reduce((sum, [columns, { dim }]) => sum + columns * dim, 0)
    const points = [0, 1].map(() => Float64Array.from({ length: weights + 4 }, () => random.normal()))
    await using products = await openMatrixProducts()
    const scores = await scoreSet(products, set, points, (row) => row % 2)
    expect(scores).toHaveLength(14 * 4)
    const rows = await Promise.all(groups.map((_, g) => featureRows(set, g)))
    for (let row = 0; row < 14; row++) {
      const point = points[row % 2]!
      let [place, column] = [0, 0]
      for (const [g, [columns, { dim }]] of groups.entries()) {
        for (let c = 0; c < columns; c++, column++) {
          const expected = rows[g]![row]!.reduce((sum, f, d) => sum + f * point[place + d]!, point[weights + column]!)
          expect(Math.abs(scores[row * 4 + column]! - expected)).toBeLessThan(1e-4)
          place += dim
        }
      }
    }
  })
})
