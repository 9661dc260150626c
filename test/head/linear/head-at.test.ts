import { describe, expect, test } from '@jest/globals'
import { headAt, onRawFeatures } from '../../../src/head/linear/head-at.js'
import { rowWeights } from '../../../src/head/row-weights.js'
import { standardise } from '../../../src/head/standardise.js'
import { createRandom } from '../../../src/math/random.js'
import { featureRows, randomSet } from '../random-set.js'

const dim = 3
const classes = 2
const set = randomSet({ classes, dim, images: 12, old: 16 })
const random = createRandom('point')
const point = Float64Array.from({ length: (dim + 1) * classes }, () => random.normal())

const scores = (row: readonly number[]) =>
  [0, 1].map((c) => row.reduce((sum, f, d) => sum + f * point[c * dim + d]!, point[classes * dim + c]!))

function expectToScore(head: ReturnType<typeof headAt>, row: readonly number[], expected: readonly number[]): void {
  expect(head).toMatchObject({ dim, columns: classes })
  expected.forEach((score, c) => {
    const sum = row.reduce((sum, f, d) => sum + f * head.weight[d * classes + c]!, head.bias[c]!)
    expect(sum).toBeCloseTo(score, 4)
  })
}

describe('the head at a point', () => {
  test('scores the features that it was fitted to', async () => {
    for (const row of await featureRows(set)) expectToScore(headAt(point, classes), row, scores(row))
  })

  test('scores raw features as it does standardised ones', async () => {
    const standardisation = await standardise(set.features, rowWeights(set))
    const { mean, inverseDeviation } = standardisation
    const head = onRawFeatures(headAt(point, classes), standardisation)
    for (const row of await featureRows(set)) {
      const standardised = row.map((f, d) => (f - mean[d]!) * inverseDeviation[d]!)
      expectToScore(head, row, scores(standardised))
    }
  })

  test('takes no notice of a feature that does not vary', () => {
    const mean = Float64Array.of(1, 2, 3)
    const head = onRawFeatures(headAt(point, classes), {
      mean,
      inverseDeviation: Float64Array.of(1, 0, 1),
      rowLength: 2,
    })
    expect([...head.weight.subarray(2, 4)].map(Math.abs)).toEqual([0, 0])
    expectToScore(head, [1, 1e6, 3], [point[6]!, point[7]!])
  })
})
