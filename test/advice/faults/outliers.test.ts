import { expect, test } from '@jest/globals'
import { rankOutliers } from '../../../src/advice/faults/outliers.js'
import { readRows } from '../../../src/features/feature-rows.js'
import { decodeFloat16 } from '../../../src/math/float16.js'
import { openMatrixProducts } from '../../../src/head/ort-matrix-products.js'
import { clouds } from '../clouds.js'

const names = ['a', 'b']

async function rank(table: ReturnType<typeof clouds>, firsts = [...table.label.keys()]) {
  await using products = await openMatrixProducts()
  const images = Array.from(table.label, (column, i) => ({ file: `${i}`, column }))
  return await rankOutliers(images, table, firsts, names, { products, seed: 0 })
}

test('the score is what a Gaussian process on the other images leaves, as computed plainly in float64', async () => {
  const table = clouds({ classes: 2, dim: 12, images: 15, separation: 1, seed: 3, old: 0 })
  const ranked = await rank(table)
  const values = new Float32Array(table.count * table.dim)
  decodeFloat16(readRows(table.features, 0, table.count), values)
  const expected = plainScores(values, table.dim, [...table.label])
  for (const { file, score } of ranked) expect(score).toBeCloseTo(expected[Number(file)]!, 4)
  expect(ranked.map(({ score }) => score)).toEqual([...ranked.map(({ score }) => score)].sort((x, y) => y - x))
})

test('images of another cloud come first, and copies of one do not vouch for each other', async () => {
  const table = clouds({ classes: 2, dim: 40, images: 30, separation: 2, seed: 5, old: 0 })
  // The last two of class a are of class b's cloud, and copies of each other.
  const label = table.label.map((one, i) => (i === 30 || i === 31 ? 0 : one))
  const firsts = [...label.keys()].map((i) => (i === 31 ? 30 : i))
  const ranked = await rank({ ...table, label }, firsts)
  expect(ranked.slice(0, 2).map(({ file }) => file)).toEqual(['30', '31'])
  expect(ranked.slice(0, 2).every(({ likely }) => likely)).toBe(true)
  expect(ranked[0]!.score).toBe(ranked[1]!.score)
})

test('too few images show nothing', async () => {
  const ranked = await rank(clouds({ classes: 2, dim: 8, images: 4, separation: 1, seed: 1, old: 0 }))
  expect(ranked.every(({ score, likely }) => score === 0 && !likely)).toBe(true)
})

/** 1 / [(K + λ)⁻¹]ᵢᵢ − λ by Gauss-Jordan elimination. */
function plainScores(values: Float32Array, dim: number, label: number[]): number[] {
  const rows = label.map((_, i) => [...values.subarray(i * dim, (i + 1) * dim)])
  const mean = Array.from({ length: dim }, (_, d) => rows.reduce((sum, row) => sum + row[d]!, 0) / rows.length)
  const deviation = mean.map((m, d) => Math.sqrt(rows.reduce((sum, row) => sum + (row[d]! - m) ** 2, 0) / rows.length))
  const unit = rows.map((row) => {
    const z = row.map((value, d) => (value - mean[d]!) / deviation[d]!)
    const length = Math.hypot(...z)
    return z.map((value) => value / length)
  })
  return label.map((own, i) => {
    const members = [...label.keys()].filter((j) => label[j] === own)
    const kernel = members.map((a) =>
      members.map((b) => unit[a]!.reduce((sum, value, d) => sum + value * unit[b]![d]!, a === b ? 1.4 : 1)),
    )
    const place = members.indexOf(i)
    return 1 / inverse(kernel)[place]![place]! - 0.4
  })
}

function inverse(matrix: number[][]): number[][] {
  const n = matrix.length
  const work = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let i = 0; i < n; i++) {
    const pivot = work[i]![i]!
    work[i] = work[i]!.map((value) => value / pivot)
    for (let r = 0; r < n; r++) {
      if (r === i) continue
      const factor = work[r]![i]!
      work[r] = work[r]!.map((value, c) => value - factor * work[i]![c]!)
    }
  }
  return work.map((row) => row.slice(n))
}
