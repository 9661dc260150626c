import { mkdirSync, rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Manifest } from '../../src/bundle/manifest.js'
import { readBundle } from '../../src/bundle/bundle.js'
import { openBackbone } from '../../src/classifier/open-backbone.js'
import type { Backbone } from '../../src/features/backbone.js'
import { openExtractor } from '../../src/features/extractor.js'
import { folderRehearsal, openRehearsal } from '../../src/rehearsal/rehearsal.js'
import { pullModel } from '../../src/workflow/models.js'
import { writeLayeredClassifier } from '../support/tiny-classifier-file.js'
import { featuresOf } from '../support/tiny-world.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { input, tinyPlace } from '../training/tiny-extension.js'

const folder = temporaryFolder()

/** A bundle made with `--rehearsal none`, and how to add to it. */
async function withoutOldImages() {
  const place = tinyPlace(folder())
  await place.add({ add: [await place.draw('first', { red: 6, green: 6 })], rehearsal: 'none' })
  const bundle = place.path('bundle')
  const manifest = async (): Promise<Manifest> => (await readBundle(bundle)).manifest
  const second = await place.draw('second', { blue: 6 })
  const again = { model: bundle, input: {}, add: [second] }
  const pack = async () =>
    pullModel({
      name: place.model,
      rehearsal: await place.draw('old', { any: 12 }),
      input,
      device: 'cpu',
      cacheDir: place.cacheDir,
    })
  return { place, manifest, again, pack }
}

describe('a bundle that was made with --rehearsal none', () => {
  test('rehearses with what is built in by default, once there is such a pack', async () => {
    const { place, manifest, again, pack } = await withoutOldImages()
    expect((await manifest()).rehearsal).toBeNull()
    await pack()
    const { heldOut } = await place.add(again)
    expect(heldOut.old?.count).toBe(12)
    expect((await manifest()).rehearsal).toMatchObject({ source: 'builtin', images: 12 })
  })

  test('stays without old images where there are none, or where none are wanted', async () => {
    const { place, manifest, again, pack } = await withoutOldImages()
    expect((await place.add(again)).heldOut.old).toBeNull()
    await pack()
    const third = await place.draw('third', { grey: 6 })
    expect((await place.add({ ...again, add: [third], rehearsal: 'none' })).heldOut.old).toBeNull()
    expect((await manifest()).rehearsal).toBeNull()
  })

  test('takes a folder, and keeps it', async () => {
    const { place, manifest, again } = await withoutOldImages()
    await place.add({ ...again, rehearsal: await place.draw('photos', { any: 9 }) })
    expect((await manifest()).rehearsal).toMatchObject({ source: 'photos', images: 9 })
    const third = await place.draw('third', { grey: 6 })
    expect((await place.add({ ...again, add: [third] })).heldOut.old?.count).toBe(9)
  })

  test('refuses builtin where there is no pack, and takes it where there is, or where the bundle holds it', async () => {
    const { place, manifest, again, pack } = await withoutOldImages()
    const builtin = { ...again, rehearsal: 'builtin' }
    await expect(place.add(builtin)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await pack()
    await place.add(builtin)
    expect((await manifest()).rehearsal).toMatchObject({ source: 'builtin' })
    // As on another machine.
    rmSync(place.path('cache', 'rehearsal'), { recursive: true })
    const third = await place.draw('third', { grey: 6 })
    expect((await place.add({ ...builtin, add: [third] })).heldOut.old?.count).toBe(12)
  })
})

test('a bundle of an earlier version, with other further layers or none, takes the features of a pack alone', async () => {
  const place = tinyPlace(folder(), 10, writeLayeredClassifier)
  const options = { device: 'cpu', cacheDir: place.cacheDir } as const
  const { rehearsal } = await pullModel({
    ...{ name: place.model, input, ...options },
    rehearsal: await place.draw('old', { any: 12 }),
  })
  const { backbone } = await openBackbone({ model: place.model, input, ...options })
  const none = backbone.layers.filter(({ byDefault }) => byDefault)
  const others = [...backbone.layers, { name: 'block9', size: 4, cells: 1, byDefault: false }]
  await using extractor = await openExtractor(backbone, options)
  const found = async (offered: Backbone) =>
    (await openRehearsal('builtin', offered, undefined, extractor, { ...options, augment: 0, seed: 0 }))!
  const whole = await found(backbone)
  for (const layers of [none, others]) {
    const alone = await found({ ...backbone, layers })
    expect(alone).toMatchObject({ source: 'builtin', images: 12 })
    expect(alone.table.further).toBeUndefined()
    expect(featuresOf(alone.table)).toEqual(featuresOf(whole.table))
  }
  expect(whole.table.further!.dim).toBe(72)
  expect(rehearsal).toMatchObject({ images: 12 })
})

test.each([
  ['builtin', 'folder builtin'],
  ['old', 'old'],
])('a folder called %s is recorded by its own name, and never as the pack', async (name, source) => {
  const place = tinyPlace(folder())
  const options = { device: 'cpu', cacheDir: place.cacheDir } as const
  const { backbone } = await openBackbone({ model: place.model, input, ...options })
  await using extractor = await openExtractor(backbone, options)
  const photos = await place.draw(name, { any: 2 })
  const read = await folderRehearsal(`${photos}/any/..`, backbone, extractor, { ...options, augment: 0, seed: 0 })
  expect(read.source).toBe(source)
})

test('a pack that is there and cannot be read does not pass for none', async () => {
  const { place, again, pack } = await withoutOldImages()
  const { rehearsal } = await pack()
  rmSync(rehearsal!.file)
  mkdirSync(rehearsal!.file)
  await expect(place.add(again)).rejects.toMatchObject({
    code: 'IO',
    message: `Cannot read ${rehearsal!.file}: it is a folder; give a file.`,
  })
})

describe('the limit to the loss of old accuracy', () => {
  test('is kept in the bundle where it was asked for, and not where it was the default', async () => {
    const place = tinyPlace(folder())
    const add = [await place.draw('first', { red: 6, green: 6 })]
    const rehearsal = await place.draw('old', { any: 12 })
    await place.add({ add, rehearsal })
    const byDefault = (await readBundle(place.path('bundle'))).manifest.training
    expect(byDefault).not.toHaveProperty('maxOldDrop')
    await place.add({ add, rehearsal, maxOldDrop: 0.01, out: place.path('asked') })
    const asked = (await readBundle(place.path('asked'))).manifest.training
    expect(asked.maxOldDrop).toBe(0.01)
    // It is the same limit.
    expect(asked.shifts).toEqual(byDefault.shifts)
  })

  test('by default does not bind made-up images in a later call, as it does not bind those of the first', async () => {
    const place = tinyPlace(folder())
    const first = await place.draw('first', { red: 6, green: 6 })
    const second = await place.draw('second', { blue: 6 })
    const rehearsal = await place.draw('old', { any: 12 })
    const bundle = place.path('bundle')
    // So eager that any limit would hold the new classes back.
    const prior = 0.999
    await place.add({ add: [first], rehearsal, prior })
    await place.add({ model: bundle, input: {}, add: [second], rehearsal: 'none' })

    const other = place.path('other')
    await place.add({ add: [first], rehearsal: 'none', out: other, prior })
    await place.add({ model: other, input: {}, add: [second], rehearsal: 'none', out: other })
    const shiftOf = async (path: string) => (await readBundle(path)).manifest.training.shifts![0]!
    expect(await shiftOf(bundle)).toBe(await shiftOf(other))

    // One that is asked for does bind, so the two would differ.
    const third = await place.draw('third', { grey: 6 })
    await place.add({ model: other, input: {}, add: [third], rehearsal: 'none', out: other, maxOldDrop: 0 })
    const held = await shiftOf(other)
    await place.add({ model: bundle, input: {}, add: [third], rehearsal: 'none' })
    expect(held).toBeLessThan(await shiftOf(bundle))
  })
})
