import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { extractFeatures } from '../../src/workflow/extract-features.js'
import { fullClass } from '../../src/tables/views/choose-views.js'
import { countEntries } from '../features/entries.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { input, tinyPlace } from '../training/tiny-extension.js'

const folder = temporaryFolder()

/** How many views the cache knows. */
const entriesIn = (cacheDir: string) => countEntries(join(cacheDir, 'bottlenecks'))

describe('extractFeatures leaves nothing to compute', () => {
  test.each([
    ['as the options say', input],
    ['by trial', { size: input.size }],
  ])('to --add of several folders and a rehearsal folder, with pictures scaled %s', async (_, how) => {
    const place = tinyPlace(folder())
    const add = [await place.draw('warm', { red: 9, orange: 5 }), await place.draw('cold', { blue: 7 })]
    const rehearsal = await place.draw('old', { any: 11, other: 8 })
    const { model, cacheDir } = place
    const options = { model, cacheDir, device: 'cpu', input: how, rehearsal, augment: 1 } as const
    const found = await extractFeatures({ ...options, folder: add })
    expect(found).toMatchObject({ images: 40, views: 80, computed: 80 })
    const before = entriesIn(cacheDir)
    expect(before).toBe(80)
    await place.add({ ...options, add })
    expect(entriesIn(cacheDir)).toBe(before)
  })
})

test('to --add that chooses the views, nothing is left to compute either, and a full class has one view', async () => {
  const place = tinyPlace(folder())
  const { model, cacheDir } = place
  const add = [await place.draw('set', { red: fullClass + 1, blue: 9 })]
  const rehearsal = await place.draw('old', { any: 11 })
  const options = { model, cacheDir, device: 'cpu', input, rehearsal } as const
  const views = fullClass + 1 + 2 * 9 + 11
  expect(await extractFeatures({ ...options, folder: add })).toMatchObject({ images: fullClass + 21, views })
  expect(entriesIn(cacheDir)).toBe(views)
  await place.add({ ...options, add })
  expect(entriesIn(cacheDir)).toBe(views)
})

test('parts of several folders make up the whole', async () => {
  const place = tinyPlace(folder())
  const { model, cacheDir } = place
  const all = [await place.draw('warm', { red: 6 }), await place.draw('cold', { blue: 6 })]
  const common = { model, cacheDir, device: 'cpu', input, folder: all, augment: 0 } as const
  const parts: number[] = []
  for (const index of [1, 2, 3]) parts.push((await extractFeatures({ ...common, shard: { index, count: 3 } })).images)
  expect(parts.reduce((sum, images) => sum + images)).toBe(12)
  expect(await extractFeatures(common)).toMatchObject({ images: 12, computed: 0 })
})

test('a folder of pictures alone is taken as it is; one that is not there is an error', async () => {
  const place = tinyPlace(folder())
  const { model, cacheDir } = place
  const one = await place.draw('one', { red: 3 })
  const common = { model, cacheDir, device: 'cpu', input, augment: 0 } as const
  expect(await extractFeatures({ ...common, folder: join(one, 'red') })).toMatchObject({ images: 3 })
  await expect(extractFeatures({ ...common, folder: join(one, 'none') })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
