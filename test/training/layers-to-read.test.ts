import { expect, test } from '@jest/globals'
import { memoryWriter } from '../../src/features/feature-rows.js'
import type { Layer } from '../../src/features/layers.js'
import { buildTable } from '../../src/features/table.js'
import { createRandom } from '../../src/math/random.js'
import { keptOldImages } from '../../src/training/kept-old-images.js'
import { checkLayers, layersToRead } from '../../src/training/layers-to-read.js'

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
  layersToRead(tables, new Int32Array(2), old, { seed: 0, offered, ...(layers ? { layers } : {}) })

test('layers are tried, and what was tried is told', async () => {
  const { record } = await read(whole)
  expect(record!.tried.map(({ name }) => name)).toEqual(['default', 'all'])
  expect(record!.tried.map(({ name }) => name)).toContain(record!.taken)
})

test('those that are asked for are read', async () => {
  expect(await read(whole, 'default')).toEqual({ choice: undefined, record: undefined })
  const { choice, record } = await read(whole, ['middle'])
  expect(choice!.layers.map(({ name }) => name)).toEqual(['middle'])
  expect(record).toBeUndefined()
})

test('nothing is chosen where old or new images have the features alone', async () => {
  const none = { choice: undefined, record: undefined }
  expect(await read({ ...whole, rehearsal: table(20, 0) })).toEqual(none)
  expect(await read({ ...whole, added: table(20, 0) })).toEqual(none)
})

test('layers by name are refused where they cannot be read', async () => {
  const message = 'Heads can read layers by name only where there are real old images with all layers.'
  await expect(read({ ...whole, rehearsal: table(20, 0) }, ['middle'])).rejects.toMatchObject({
    code: 'USAGE',
    message,
  })
})

test('a layer that there is not is named, with those that there are', () => {
  const check = (layers: 'default' | string[]) => () => checkLayers({ layers: offered }, layers)
  expect(check(['middle', 'last'])).toThrow('The model offers no layer "last"; it has bottleneck, middle.')
  expect(check(['middle'])).not.toThrow()
  expect(check('default')).not.toThrow()
})
