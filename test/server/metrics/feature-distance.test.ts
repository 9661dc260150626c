import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readBundle } from '../../../src/bundle/bundle.js'
import { revisionIdOf } from '../../../src/bundle/history/revision-file.js'
import { readRows } from '../../../src/features/feature-rows.js'
import { firstRows } from '../../../src/features/table.js'
import { float16ToFloat32 } from '../../../src/math/float16.js'
import { featureDistance } from '../../../src/server/metrics/feature-distance.js'
import { trainingSpread } from '../../../src/server/metrics/training-spread.js'
import { removeClasses } from '../../../src/workflow/remove.js'
import { tinyPlace } from '../../training/tiny-extension.js'
import { tinyBundle, type TinyBundle } from '../tiny-server.js'

let tiny: TinyBundle
let rows: number[][]

beforeAll(async () => {
  tiny = await tinyBundle()
  const bundle = await readBundle(tiny.bundle)
  const tables = [...(await bundle.increments()).map(({ table }) => table), (await bundle.rehearsal())!.table]
  rows = tables.flatMap((table) =>
    firstRows(table).map((row) => Array.from(readRows(table.features, row, row + 1), float16ToFloat32)),
  )
})

afterAll(() => tiny[Symbol.dispose]())

const spreadOf = async (model: string) =>
  trainingSpread({ model, id: revisionIdOf((await readBundle(model)).manifest).id })

/** The distance of every training image from their mean, by the formula, feature by feature. */
function distances(): number[] {
  const count = rows.length
  const columns = rows[0]!.map((_, d) => {
    const values = rows.map((row) => row[d]!)
    const mean = values.reduce((sum, value) => sum + value, 0) / count
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count
    return { mean, variance }
  })
  return rows.map((row) => {
    const terms = columns.flatMap(({ mean, variance }, d) =>
      variance > 1e-9 ? [(row[d]! - mean) ** 2 / variance] : [],
    )
    return Math.sqrt(terms.reduce((sum, term) => sum + term, 0) / terms.length)
  })
}

test('the spread is of the added and the old images, each once, and their own distance is its mean', async () => {
  expect(rows.length).toBe(8 + 8 + 12)
  const { mean, inverseDeviation, meanDistance } = (await spreadOf(tiny.bundle))!
  const expected = distances()
  const found = rows.map((row) => featureDistance(Float32Array.from(row), { mean, inverseDeviation }))
  found.forEach((distance, i) => expect(distance).toBeCloseTo(expected[i]!, 4))
  expect(meanDistance).toBeCloseTo(expected.reduce((sum, one) => sum + one, 0) / expected.length, 4)
  // The mean of the squares is 1 by construction, so that 1 is the scale.
  expect(expected.reduce((sum, one) => sum + one ** 2, 0) / expected.length).toBeCloseTo(1, 6)
})

test('features that do not vary are left out', () => {
  const spread = { mean: Float64Array.of(1, 5), inverseDeviation: Float64Array.of(2, 0) }
  expect(featureDistance(Float32Array.of(2.5, 99), spread)).toBe(3)
  expect(featureDistance(Float32Array.of(0), { mean: Float64Array.of(1), inverseDeviation: Float64Array.of(0) })).toBe(
    0,
  )
})

test('another revision is not taken for the one that was asked for', async () => {
  const other = { model: tiny.bundle, id: '0123456789abcdef' }
  await expect(trainingSpread(other)).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('a bundle that keeps no features has no spread', async () => {
  const place = tinyPlace(mkdtempSync(join(tiny.folder, 'emptied-')))
  await place.add({ add: [await place.draw('colours', { red: 5, green: 5 })], rehearsal: 'none' })
  await removeClasses({ model: place.path('bundle'), name: 'colours', kind: 'increment', device: 'cpu' })
  expect(await spreadOf(place.path('bundle'))).toBeUndefined()
})
