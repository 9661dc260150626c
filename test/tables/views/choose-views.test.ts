import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { hashFile } from '../../../src/core/hash-file.js'
import type { ProgressEvent } from '../../../src/core/progress.js'
import { extract } from '../../../src/features/extract.js'
import { openStore } from '../../../src/features/store.js'
import { buildTable } from '../../../src/features/table.js'
import { plainView } from '../../../src/image/types.js'
import { createRandom } from '../../../src/math/random.js'
import type { Session } from '../../../src/runtime/session.js'
import { fullClass, withChosenViews } from '../../../src/tables/views/choose-views.js'
import { countEntries } from '../../features/entries.js'
import { asIs, encoder, paint } from '../../image/pictures.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { tinyPlace } from '../../training/tiny-extension.js'

const folder = temporaryFolder()
const entriesIn = (cacheDir: string) => countEntries(join(cacheDir, 'bottlenecks'))

test('a full class has no further views, and a small one beside it has', async () => {
  const place = tinyPlace(folder())
  const add = [await place.draw('set', { full: fullClass + 1, small: 5 })]
  const { augment } = await place.add({ add, rehearsal: 'none' })
  expect(augment).toEqual({
    asked: 'auto',
    perClass: [
      { label: 'full', views: 0 },
      { label: 'small', views: 1 },
    ],
    probe: null,
  })
  expect(entriesIn(place.cacheDir)).toBe(fullClass + 1 + 2 * 5)
})

test('a class that grows counts with what it has', async () => {
  const place = tinyPlace(folder())
  const first = await place.add({ add: [await place.draw('first', { a: fullClass - 3 })], rehearsal: 'none' })
  expect(first.augment.perClass).toEqual([{ label: 'a', views: 1 }])
  const more = { model: first.bundle, add: [await place.draw('more', { a: 4, b: 4 })], input: {} }
  expect((await place.add(more)).augment.perClass).toEqual([
    { label: 'a', views: 0 },
    { label: 'b', views: 1 },
  ])
})

test('pictures that a class has already count once, and with nothing new, nothing changes', async () => {
  const place = tinyPlace(folder())
  const set = await place.draw('set', { a: 60 })
  const first = await place.add({ add: [set], rehearsal: 'none' })
  const more = { model: first.bundle, add: [set], input: {} }
  expect((await place.add(more)).revision).toBe(first.revision)
  cpSync(join(await place.draw('other', { a: 5 }), 'a'), join(set, 'a', 'more'), { recursive: true })
  for (const name of readdirSync(join(set, 'a', 'more')))
    renameSync(join(set, 'a', 'more', name), join(set, 'a', `m${name}`))
  rmSync(join(set, 'a', 'more'), { recursive: true })
  const grown = await place.add(more)
  expect(grown.images).toMatchObject({ given: 65, duplicate: expect.any(Number) })
  expect(grown.revision).toBe(first.revision + 1)
  expect(grown.augment.perClass).toEqual([{ label: 'a', views: 1 }])
})

test('heads trained on a sample decide, whatever the cache holds', async () => {
  const events: ProgressEvent[] = []
  const onProgress = (event: ProgressEvent) => events.push(event)
  const results = []
  for (const before of ['auto', 2] as const) {
    mkdirSync(join(folder(), `${before}`))
    const place = tinyPlace(join(folder(), `${before}`))
    const add = [await place.draw('set', { a: 14, b: 45, c: 14 })]
    const rehearsal = await place.draw('old', { any: 20 })
    if (before !== 'auto') await place.add({ add, rehearsal, augment: before, out: place.path('other') })
    const { augment, heldOut } = await place.add({ add, rehearsal, onProgress })
    const { probe } = augment
    // 40 of the 45 at most, 14 of the others.
    expect(probe).toMatchObject({ images: 68, with: expect.any(Number), without: expect.any(Number) })
    const views = probe!.with < probe!.without ? 1 : 0
    expect(augment.perClass.map((one) => one.views)).toEqual([views, views, views])
    results.push({ augment, heldOut })
  }
  expect(results[1]).toEqual(results[0])

  const stage = events.filter((event) => event.type === 'progress' && event.stage === 'views')
  const done = stage.map((event) => (event.type === 'progress' ? event.done : 0))
  const half = done.indexOf(73) + 1
  expect(done.slice(0, half)).toEqual([...done.slice(0, half)].sort((a, b) => a - b))
  expect(done.at(-1)).toBe(73)
  // A stage that has ended does not begin again: once in each of the two extensions.
  expect(done.filter((images, i) => images === 73 && done[i - 1] !== 73)).toHaveLength(2)
  expect(done.filter((images) => images === 73)).toHaveLength(2)
  expect(stage).toEqual(stage.map((event) => expect.objectContaining({ ...event, total: 73 })))
})

test.each([-1, 1.5, 101, Number.NaN])('%d is no number of views', async (augment) => {
  const place = tinyPlace(folder())
  await expect(place.add({ add: [place.path()], augment })).rejects.toMatchObject({
    code: 'USAGE',
    message: `augment must be auto or a whole number from 0 to 100, not ${augment}.`,
  })
})

test('an image whose varied view is of no use counts again where no such views are taken', async () => {
  const size = { width: 8, height: 8 }
  const drawn = Array.from({ length: 24 }, async (_, i) => {
    const file = join(folder(), `${i}.png`)
    await encoder(paint(8, 8, (x, y) => [i % 2 === 0 ? 20 : 220, i, 8 * x + y]))
      .png()
      .toFile(file)
    return { file, hash: await hashFile(file), views: [plainView], label: i % 2 }
  })
  const images = await Promise.all(drawn)
  const random = createRandom('features')
  const noise = () => Array.from({ length: 3 }, () => random.normal())
  let variedRows = -1
  // Varied views look like pictures of the other class, and the first of them like nothing.
  const rowOf = (red: number): number[] => {
    if (variedRows < 0) return [red > 120 ? 4 : -4, ...noise()]
    return variedRows++ === 0 ? [NaN, ...noise()] : [red > 120 ? -4 : 4, ...noise()]
  }
  const session: Session = {
    provider: 'cpu',
    run({ image }) {
      const count = image!.dims[0]!
      const rows = Array.from({ length: count }, (_, n) => rowOf(Number(image!.data[n * 8 * 8 * 3])))
      return Promise.resolve({
        features: { dims: [count, 4], data: Float32Array.from(rows.flat()) },
        base_logits: { dims: [count, 3], data: new Float32Array(3 * count) },
      })
    },
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const old = Array.from({ length: 40 }, (_, image) => ({
    bottleneck: { features: Float32Array.of(0, 6, random.normal(), random.normal()), logits: Float32Array.of(5, 0, 0) },
    label: 0,
    image,
  }))
  await using store = await openStore(join(folder(), 'cache'))
  const extractor = { session, store, preprocess: asIs(size), graphKey: 'any' }
  const plain = await extract(extractor, images, 'extract')
  variedRows = 0
  const events: ProgressEvent[] = []
  const choice = { rehearsal: buildTable(old, 40, 4), earlierImages: [0, 0], isKnown: () => false }
  const onProgress = (event: ProgressEvent) => events.push(event)
  const { keys, unreadable, taken } = await withChosenViews(extractor, images, plain, choice, {
    dim: 4,
    seed: 1,
    onProgress,
  })
  expect(taken).toMatchObject({ ofLabel: [0, 0], probe: { images: 23 } })
  expect(keys).toEqual(plain.keys)
  expect(unreadable).toEqual([])
  expect(events.filter(({ type }) => type === 'warning')).toEqual([])
})
