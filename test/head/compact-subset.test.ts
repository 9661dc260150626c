import { describe, expect, test } from '@jest/globals'
import { compactSubset } from '../../src/head/compact-subset.js'
import { openMatrixProducts } from '../../src/head/ort-matrix-products.js'
import { pickTrainingRows } from '../../src/head/training-rows.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { standardise } from '../../src/head/standardise.js'
import { fitHeads } from '../../src/head/linear/fit.js'
import { openOrtEvaluator } from '../../src/head/linear/ort-evaluator.js'
import { scoreSet } from '../../src/head/linear/score.js'
import { standardiseSet, type StandardisedSet } from '../../src/head/standardised-set.js'
import type { MatrixProducts } from '../../src/math/matrix-products.js'
import { createRandom } from '../../src/math/random.js'
import { dot } from '../../src/math/vectors.js'
import { featureRows, inGroups, randomSet, soleFeatures } from './random-set.js'
import type { TrainingSet } from '../../src/head/training-set.js'

const dim = 90
const set = randomSet({ classes: 2, dim, images: 10, old: 12 })
const rows = [0, 3, 4, 11, 12, 19, 20, 25, 30, 31]

async function standardisedRows(picked: readonly number[]): Promise<number[][]> {
  const { mean, inverseDeviation } = await standardise(soleFeatures(set), rowWeights(set))
  const all = await featureRows(set)
  return picked.map((row) => all[row]!.map((value, d) => (value - mean[d]!) * inverseDeviation[d]!))
}

async function compacted(picked: readonly number[], products: MatrixProducts | undefined, from: TrainingSet = set) {
  return compactSubset(await standardiseSet(from), picked, products)
}

async function withProducts<Result>(work: (products: MatrixProducts) => Promise<Result>): Promise<Result> {
  await using products = await openMatrixProducts()
  return await work(products)
}

describe('compactSubset', () => {
  test('rows lie to each other as the standardised ones do, in as many coordinates as there are rows', async () => {
    const { set: compact } = await withProducts((products) => compacted(rows, products))
    expect(compact).toMatchObject(pickTrainingRows(set, rows))
    expect(soleFeatures(compact)).toMatchObject({ count: rows.length, dim: rows.length })
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

  test('where columns read different features, each group has its own coordinates, and points expand alike', async () => {
    const n = rows.length
    const narrow = soleFeatures(randomSet({ classes: 2, dim: 8, images: 10, old: 12, seed: 2 }))
    const features = soleFeatures(set)
    const whole = { ...set, classes: 4 }
    const apart = inGroups(whole, [
      { columns: 1, features },
      // For eight features, fewer coordinates would not pay.
      { columns: 2, features: narrow },
      { columns: 1, features },
    ])
    const random = createRandom('points')
    const point = Float64Array.from({ length: n + 2 * 8 + n + 4 }, () => random.normal())
    const { compact, expanded, plain } = await withProducts(async (products) => {
      const { set: compact, expand } = await compacted(rows, products, apart)
      const { set: plain } = await compacted(rows, undefined, apart)
      return { compact, plain, expanded: await expand(point) }
    })
    const shapes = ({ groups }: TrainingSet) =>
      groups.map(({ columns, features: { count, dim } }) => [columns, count, dim])
    expect(shapes(compact)).toEqual([
      [1, n, n],
      [2, n, 8],
      [1, n, n],
    ])
    expect(shapes(plain)).toEqual([
      [1, n, dim],
      [2, n, 8],
      [1, n, dim],
    ])
    // What is shared stays shared.
    expect(compact.groups[2]!.features).toBe(compact.groups[0]!.features)
    expect(expanded).toHaveLength(dim + 2 * 8 + dim + 4)
    await withProducts(async (products) => {
      const ofCompact = await scoreSet(products, compact, [point], () => 0)
      const ofPlain = await scoreSet(products, plain, [expanded], () => 0)
      expect(ofCompact).toHaveLength(n * 4)
      ofPlain.forEach((score, i) => expect(score).toBeCloseTo(ofCompact[i]!, 3))
    })
    const squares = (x: Float64Array) => x.subarray(0, -4).reduce((sum, one) => sum + one * one, 0)
    expect(squares(expanded)).toBeCloseTo(squares(point), 3)
  })

  test('a minimum expands to that on the features themselves, with different features by column as well', async () => {
    const narrow = soleFeatures(randomSet({ classes: 2, dim: 8, images: 10, old: 12, seed: 2 }))
    const apart = inGroups(set, [
      { columns: 1, features: narrow },
      { columns: 1, features: soleFeatures(set) },
    ])
    for (const from of [set, apart]) {
      await withProducts(async (products) => {
        const { set: compact, expand } = await compacted(rows, products, from)
        const { set: plain } = await compacted(rows, undefined, from)
        const fit = async (one: StandardisedSet) => {
          await using evaluator = await openOrtEvaluator(one)
          const problem = { rowWeight: rowWeights(one), regularisation: 1e-1 }
          return (await fitHeads(one, [problem], { evaluator, products }, { precision: 1e-9 }))[0]!
        }
        const [short, long] = [await fit(compact), await fit(plain)]
        expect(short.loss / long.loss).toBeCloseTo(1, 5)
        const expanded = await expand(short.point)
        expect(expanded).toHaveLength(long.point.length)
        long.point.forEach((value, i) => expect(expanded[i]).toBeCloseTo(value, 3))
      })
    }
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
    expect(soleFeatures(untouched)).toMatchObject({ count: 32, dim: 20 })
  })
})
