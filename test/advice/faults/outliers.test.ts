import { expect, test } from '@jest/globals'
import { rankOutliers } from '../../../src/advice/faults/outliers.js'
import { memoryWriter, readRows } from '../../../src/features/feature-rows.js'
import { pickRows } from '../../../src/features/table.js'
import { decodeFloat16 } from '../../../src/math/float16.js'
import { openMatrixProducts } from '../../../src/head/ort-matrix-products.js'
import { clouds } from '../clouds.js'

const names = ['a', 'b']

async function rank(table: ReturnType<typeof clouds>, firsts = [...table.label.keys()], parts = [table.dim]) {
  await using products = await openMatrixProducts()
  const images = Array.from(table.label, (column, i) => ({ file: `${i}`, column }))
  return await rankOutliers(images, table, firsts, names, { parts, products, seed: 0 })
}

test('the score is what a Gaussian process on the other images leaves, as computed plainly in float64', async () => {
  const table = clouds({ classes: 2, dim: 12, images: 15, separation: 1, seed: 3, old: 0 })
  const ranked = await rank(table, undefined, [5, 7])
  const values = new Float32Array(table.count * table.dim)
  decodeFloat16(readRows(table.features, 0, table.count), values)
  const rows = Array.from(table.label, (_, i) => [...values.subarray(i * table.dim, (i + 1) * table.dim)])
  const parts = [rows.map((row) => row.slice(0, 5)), rows.map((row) => row.slice(5))]
  const scores = parts.map((part) => plainScores(part, [...table.label]))
  for (const { file, score } of ranked) {
    expect(score).toBeCloseTo((scores[0]![Number(file)]! + scores[1]![Number(file)]!) / 2, 4)
  }
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

test('a stranger in one part of the features is found, whatever the others hold', async () => {
  const [like, unlike] = ['like', 'unlike'].map((seed) =>
    clouds({ classes: 2, dim: 40, images: 30, separation: 6, seed, old: 0 }),
  )
  // An image of class a that is of class b's cloud in the second part alone.
  const rows = [...like!.label.keys()]
  const second = pickRows(
    unlike!,
    rows.map((i) => (i === 3 ? 40 : i)),
  )
  const values = rows.flatMap((i) => [...readRows(like!.features, i, i + 1), ...readRows(second.features, i, i + 1)])
  const writer = memoryWriter(rows.length, 80)
  rows.forEach((i) => writer.add(Uint16Array.from(values.slice(i * 80, (i + 1) * 80))))
  const ranked = await rank({ ...like!, dim: 80, features: writer.done() }, undefined, [40, 40])
  expect(ranked[0]!.file).toBe('3')
})

test('too few images show nothing', async () => {
  const ranked = await rank(clouds({ classes: 2, dim: 8, images: 4, separation: 1, seed: 1, old: 0 }))
  expect(ranked.every(({ score, likely }) => score === 0 && !likely)).toBe(true)
})

/** Half of 1 / [(K + λ)⁻¹]ᵢᵢ − λ with λ = 1 by Gauss-Jordan elimination, on fourth powers of the features. */
function plainScores(features: number[][], label: number[]): number[] {
  const rows = features.map((row) => row.map((value) => Math.sign(value) * value ** 4))
  const mean = rows[0]!.map((_, d) => rows.reduce((sum, row) => sum + row[d]!, 0) / rows.length)
  const deviation = mean.map((m, d) => Math.sqrt(rows.reduce((sum, row) => sum + (row[d]! - m) ** 2, 0) / rows.length))
  const unit = rows.map((row) => {
    const z = row.map((value, d) => (value - mean[d]!) / deviation[d]!)
    const length = Math.hypot(...z)
    return z.map((value) => value / length)
  })
  return label.map((own, i) => {
    const members = [...label.keys()].filter((j) => label[j] === own)
    const kernel = members.map((a) =>
      members.map((b) => unit[a]!.reduce((sum, value, d) => sum + value * unit[b]![d]!, a === b ? 2 : 1)),
    )
    const place = members.indexOf(i)
    return (1 / inverse(kernel)[place]![place]! - 1) / 2
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
