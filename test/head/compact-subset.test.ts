import { describe, expect, test } from '@jest/globals'
import { compactSubset } from '../../src/head/compact-subset.js'
import { openMatrixProducts } from '../../src/head/ort-matrix-products.js'
import { pickTrainingRows } from '../../src/head/training-rows.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { standardise } from '../../src/head/standardise.js'
import type { MatrixProducts } from '../../src/math/matrix-products.js'
import { createRandom } from '../../src/math/random.js'
import { dot } from '../../src/math/vectors.js'
import { featureRows, randomSet } from './random-set.js'
import type { TrainingSet } from '../../src/head/training-set.js'

const dim = 90
const set = randomSet({ classes: 2, dim, images: 10, old: 12 })
const rows = [0, 3, 4, 11, 12, 19, 20, 25, 30, 31]

async function standardisedRows(picked: readonly number[]): Promise<number[][]> {
  const { mean, inverseDeviation } = await standardise(set.features, rowWeights(set))
  const all = await featureRows(set)
  return picked.map((row) => all[row]!.map((value, d) => (value - mean[d]!) * inverseDeviation[d]!))
}

async function compacted(picked: readonly number[], products: MatrixProducts | undefined, from: TrainingSet = set) {
  return compactSubset(from, picked, await standardise(from.features, rowWeights(from)), products)
}

async function withProducts<Result>(work: (products: MatrixProducts) => Promise<Result>): Promise<Result> {
  await using products = await openMatrixProducts()
  return await work(products)
}

describe('compactSubset', () => {
  test('rows lie to each other as the standardised ones do, in as many coordinates as there are rows', async () => {
    const { set: compact } = await withProducts((products) => compacted(rows, products))
    expect(compact).toMatchObject(pickTrainingRows(set, rows))
    expect(compact.features).toMatchObject({ count: rows.length, dim: rows.length })
    const short = await featureRows(compact)
    const long = await standardisedRows(rows)
    short.forEach((a, i) => short.forEach((b, j) => expect(dot(a, b)).toBeCloseTo(dot(long[i]!, long[j]!), 3)))
  })

  test('a point expands to one of equal logits and equal length', async () => {
    const n = rows.length
    const random = createRandom('point')
    const point = Float64Array.from({ length: (n + 1) * 2 }, () => random.normal())
    const { compact, expanded } = await withProducts(async (products) => {
      const { set: compact, expand } = await compacted(rows, products)
      return { compact, expanded: await expand(point) }
    })
    const logits = (features: readonly number[], x: Float64Array, c: number) =>
      features.reduce((sum, value, d) => sum + value * x[c * features.length + d]!, x[2 * features.length + c]!)
    const squares = (x: Float64Array, size: number) => x.subarray(0, 2 * size).reduce((sum, v) => sum + v * v, 0)
    expect(expanded).toHaveLength((dim + 1) * 2)
    const long = await standardisedRows(rows)
    ;(await featureRows(compact)).forEach((row, i) => {
      for (const c of [0, 1]) expect(logits(long[i]!, expanded, c)).toBeCloseTo(logits(row, point, c), 4)
    })
    expect(squares(expanded, dim)).toBeCloseTo(squares(point, n), 4)
  })

  test('without products, and where there are too many rows for it to pay, features are standardised alone', async () => {
    const many = randomSet({ classes: 2, dim: 20, images: 10, old: 12 })
    const all = Array.from({ length: 32 }, (_, row) => row)
    const point = Float64Array.of(1, 2, 3)
    const plain = await compacted(rows, undefined)
    const short = (await featureRows(plain.set)).flat()
    ;(await standardisedRows(rows)).flat().forEach((value, i) => expect(short[i]).toBeCloseTo(value, 4))
    expect(await plain.expand(point)).toEqual(point)
    const { set: untouched } = await withProducts((products) => compacted(all, products, many))
    expect(untouched.features).toMatchObject({ count: 32, dim: 20 })
  })
})
