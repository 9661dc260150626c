import { describe, expect, test } from '@jest/globals'
import { memoryWriter } from '../../src/features/feature-rows.js'
import type { Layer } from '../../src/features/layers.js'
import { buildTable } from '../../src/features/table.js'
import { createRandom } from '../../src/math/random.js'
import { keptOldImages } from '../../src/rehearsal/kept-old-images.js'
import { checkLayers, checkReadable, layersToRead } from '../../src/training/layers-to-read.js'
import { bottleneck, grid, layeredImages, layers, plainOldImages } from '../support/layered-images.js'

const offered: Layer[] = [
  { name: 'bottleneck', size: 6, cells: 1, byDefault: true },
  { name: 'middle', size: 4, cells: 1, byDefault: false },
]
const random = createRandom('layers')

function table(count: number, furtherSize: number) {
  const rows = Array.from({ length: count }, (_, image) => ({
    bottleneck: {
      features: Float32Array.from({ length: 10 }, () => random.normal()),
      logits: Float32Array.of(0, random.normal()),
    },
    label: image % 2,
    image,
  }))
  return buildTable(rows, count, 6, undefined, furtherSize > 0 ? memoryWriter(count, furtherSize) : undefined)
}
const whole = { added: table(20, 4), classes: 2, rehearsal: table(20, 4) }
const old = keptOldImages(whole.rehearsal)
const read = (tables: typeof whole, layers?: 'default' | string[]) =>
  layersToRead(tables, new Int32Array(2), old, { seed: 0, apart: true, offered, ...(layers ? { layers } : {}) })
/** Of a single increment, the features as they are, of which nothing is told. */
const asTheyAre = new Map([[0, { choice: undefined, record: undefined }]])

test('layers are tried, and what was tried is told', async () => {
  const layers = await read(whole)
  expect([...layers.keys()]).toEqual([0])
  const { record } = layers.get(0)!
  expect(record!.tried.map(({ name }) => name)).toEqual(['default', 'all'])
  expect(record!.tried.map(({ name }) => name)).toContain(record!.taken)
  for (const { loss } of record!.tried) expect(loss).toBeGreaterThan(0)
})

test('where each image is the only one of its class, the usual layers are read, and nothing is told as tried', async () => {
  const added = layeredImages({ classes: 3, count: 1, shows: () => [grid], height: 8, seed: 'single' })
  const tables = { added, classes: 3, rehearsal: plainOldImages() }
  const read = await layersToRead(tables, new Int32Array(3), old, { seed: 0, apart: true, offered: layers })
  expect(read).toEqual(new Map([[0, { choice: undefined, record: { taken: 'default', tried: [] } }]]))
})

test('those that are asked for are read', async () => {
  expect(await read(whole, 'default')).toEqual(asTheyAre)
  const { choice, record } = (await read(whole, ['middle'])).get(0)!
  expect(choice!.layers.map(({ name }) => name)).toEqual(['middle'])
  expect(record).toBeUndefined()
})

test('nothing is chosen where old or new images have the features alone', async () => {
  expect(await read({ ...whole, rehearsal: table(20, 0) })).toEqual(asTheyAre)
  expect(await read({ ...whole, added: table(20, 0) })).toEqual(asTheyAre)
})

describe('two increments whose classes show in different layers', () => {
  // Columns 0 and 1 show in the usual layers alone, columns 2 and 3 in the grid alone.
  const shows = (label: number) => (label < 2 ? [bottleneck] : [grid])
  const tables = {
    added: layeredImages({ classes: 4, count: 40, shows, seed: 'two' }),
    classes: 4,
    rehearsal: plainOldImages(),
  }
  const increment = Int32Array.of(1, 1, 2, 2)
  const readApart = async (apart: boolean) =>
    [...(await layersToRead(tables, increment, old, { seed: 0, apart, offered: layers }))].map(
      ([one, { choice, record }]) => ({ one, read: choice?.name, record: record! }),
    )

  test('read each its own: the default ones are the features as they are', async () => {
    const found = await readApart(true)
    expect(found.map(({ one, read, record }) => [one, read, record.taken])).toEqual([
      [1, undefined, 'default'],
      [2, 'layout', 'layout'],
    ])
    for (const { record } of found) {
      expect(record.tried.map(({ name }) => name)).toEqual(['default', 'all', 'layout'])
      const losses = new Map(record.tried.map(({ name, loss }) => [name, loss]))
      expect(losses.get(record.taken)).toBe(Math.min(...losses.values()))
    }
  })

  test('read the same where they must, by one choice object, and tell their own losses', async () => {
    const found = await readApart(false)
    expect(found.map(({ one }) => one)).toEqual([1, 2])
    expect(new Set(found.map(({ read }) => read)).size).toBe(1)
    expect(new Set(found.map(({ record }) => record.taken)).size).toBe(1)
    expect(found.map(({ record }) => record.tried)).toEqual((await readApart(true)).map(({ record }) => record.tried))
    const asked = await layersToRead(tables, increment, old, {
      seed: 0,
      apart: false,
      offered: layers,
      layers: ['middle'],
    })
    const [first, other] = [...asked.values()]
    expect(first!.choice!.layers.map(({ name }) => name)).toEqual(['middle'])
    // Columns that read the same are a single group where the choice is the same object.
    expect(other!.choice).toBe(first!.choice)
  })
})

test('layers by name are refused where they cannot be read', async () => {
  const message = 'Heads can read layers by name only where there are real old images with all layers.'
  await expect(read({ ...whole, rehearsal: table(20, 0) }, ['middle'])).rejects.toMatchObject({
    code: 'USAGE',
    message,
  })
})

test('layers by name are refused without the old images that they need, before any picture is read', () => {
  const { further: _, ...featuresAlone } = whole.rehearsal
  for (const rehearsal of [undefined, featuresAlone]) {
    const check = (layers?: 'default' | string[]) => () => checkReadable(rehearsal, layers)
    const remedy = { kind: 'give-old-images-or-no-layers' }
    expect(check(['middle'])).toThrow(expect.objectContaining({ code: 'USAGE', remedy }))
    expect(check('default')).not.toThrow()
    expect(check()).not.toThrow()
  }
  expect(() => checkReadable(whole.rehearsal, ['middle'])).not.toThrow()
})

test('a layer that there is not is named, with those that there are', () => {
  const check = (layers: 'default' | string[]) => () => checkLayers({ layers: offered }, layers)
  expect(check(['middle', 'last'])).toThrow('The model offers no layer "last"; it has bottleneck, middle.')
  expect(check(['middle'])).not.toThrow()
  expect(check('default')).not.toThrow()
  expect(() => checkLayers({ layers: offered.slice(0, 1) }, ['bottleneck'])).toThrow(
    'The model, or the bundle of an earlier version, offers no layers to choose from.',
  )
})
