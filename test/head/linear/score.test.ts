import { describe, expect, test } from '@jest/globals'
import { scoreRows } from '../../../src/head/linear/score.js'
import type { LinearWeights } from '../../../src/head/linear/types.js'
import { createRandom } from '../../../src/math/random.js'
import { featureRows, randomSet } from '../random-set.js'

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
    const scores = await scoreRows(set.features, heads, headOf)
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
    const scores = await scoreRows(set.features, [head])
    rows.forEach((row, i) => expect(scores[i]).toBeCloseTo(row[0]! + 0.5, 5))
  })
})
