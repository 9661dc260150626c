import { expect, test } from '@jest/globals'
import { joinTables, pickRows, type FeatureTable } from '../../../src/features/table.js'
import { probeViews } from '../../../src/tables/views/views-pay.js'
import { imagesOf } from '../../support/tiny-world.js'

const images = 12
const shown = { directions: [3, 4, 5], images, noise: 2 }
const rehearsal = imagesOf({ directions: [0, 1, 2], images: 20, seed: 'old' })

/** Every image with one more row, a row of the other table. */
function withViews(plain: FeatureTable, views: FeatureTable): FeatureTable {
  const rows = Array.from({ length: plain.count }, (_, i) => [i, plain.count + i]).flat()
  const both = pickRows(joinTables([plain, views]), rows)
  const own = both.label.map((_, row) => plain.label[row >> 1]!)
  return { ...both, label: own, image: both.image.map((_, row) => row >> 1) }
}

test('views that show more of the classes pay, and views that mislead do not', async () => {
  const plain = imagesOf({ ...shown, seed: 'plain' })
  const more = withViews(plain, imagesOf({ ...shown, seed: 'more' }))
  const misleading = withViews(plain, imagesOf({ ...shown, directions: [4, 5, 3], seed: 'more' }))
  const good = await probeViews(more, 3, rehearsal, { seed: 0 })
  const bad = await probeViews(misleading, 3, rehearsal, { seed: 0 })
  expect(good.with).toBeLessThan(good.without - 0.05)
  expect(bad.with).toBeGreaterThan(bad.without + 0.05)
  // Without views, both are the same images, but for what features are divided by.
  expect(bad.without).toBeCloseTo(good.without, 2)
  expect([good.images, bad.images]).toEqual([36, 36])
})

test('the same images and seed give the same losses', async () => {
  const table = withViews(imagesOf({ ...shown, seed: 1 }), imagesOf({ ...shown, seed: 2 }))
  const probe = () => probeViews(table, 3, rehearsal, { seed: 5 })
  expect(await probe()).toEqual(await probe())
})
