import { describe, expect, test } from '@jest/globals'
import { headsAt, onRawFeatures } from '../../../src/head/linear/head-at.js'
import { denseSource } from '../../../src/head/feature-source.js'
import { rowWeights } from '../../../src/head/row-weights.js'
import { standardise } from '../../../src/head/standardise.js'
import type { LinearWeights } from '../../../src/head/linear/types.js'
import { createRandom } from '../../../src/math/random.js'
import { featureRows, randomSet, soleFeatures } from '../random-set.js'

const dim = 3
const classes = 2
const set = randomSet({ classes, dim, images: 12, old: 16 })
const random = createRandom('point')
const point = Float64Array.from({ length: (dim + 1) * classes }, () => random.normal())

const scores = (row: readonly number[]) =>
  [0, 1].map((c) => row.reduce((sum, f, d) => sum + f * point[c * dim + d]!, point[classes * dim + c]!))

/** The head of the only group. */
function headAt(one: Float64Array): LinearWeights {
  const heads = headsAt(one, set.groups)
  expect(heads).toHaveLength(1)
  return heads[0]!
}

function expectToScore(head: LinearWeights, row: readonly number[], expected: readonly number[]): void {
  expect(head).toMatchObject({ dim, columns: classes })
  expected.forEach((score, c) => {
    const sum = row.reduce((sum, f, d) => sum + f * head.weight[d * classes + c]!, head.bias[c]!)
    expect(sum).toBeCloseTo(score, 4)
  })
}

describe('the head at a point', () => {
  test('scores the features that it was fitted to', async () => {
    for (const row of await featureRows(set)) expectToScore(headAt(point), row, scores(row))
  })

  test('scores raw features as it does standardised ones', async () => {
    const standardisation = await standardise(soleFeatures(set), rowWeights(set))
    const { mean, inverseDeviation } = standardisation
    const head = onRawFeatures(headAt(point), standardisation)
    for (const row of await featureRows(set)) {
      const standardised = row.map((f, d) => (f - mean[d]!) * inverseDeviation[d]!)
      expectToScore(head, row, scores(standardised))
    }
  })

  test('is one for each group, in order', () => {
    const source = (of: number) => denseSource(new Float32Array(of), of)
    const groups = [
      { columns: 2, features: source(1) },
      { columns: 1, features: source(3) },
    ]
    const heads = headsAt(Float64Array.of(1, 2, 3, 4, 5, 10, 20, 30), groups)
    expect(heads).toEqual([
      { dim: 1, columns: 2, weight: Float32Array.of(1, 2), bias: Float32Array.of(10, 20) },
      { dim: 3, columns: 1, weight: Float32Array.of(3, 4, 5), bias: Float32Array.of(30) },
    ])
    expect(headsAt(new Float64Array(0), [])).toEqual([])
  })

  test('takes no notice of a feature that does not vary', () => {
    const mean = Float64Array.of(1, 2, 3)
    const head = onRawFeatures(headAt(point), {
      mean,
      inverseDeviation: Float64Array.of(1, 0, 1),
      rowLength: 2,
    })
    expect([...head.weight.subarray(2, 4)].map(Math.abs)).toEqual([0, 0])
    expectToScore(head, [1, 1e6, 3], [point[6]!, point[7]!])
  })
})
