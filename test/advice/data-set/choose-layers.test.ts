import { expect, test } from '@jest/globals'
import { chooseLayers } from '../../../src/advice/data-set/choose-layers.js'
import { clouds, oldCloud } from '../clouds.js'

const offered = [
  { name: 'a', size: 24, cells: 1, byDefault: true },
  { name: 'b', size: 24, cells: 1, byDefault: false },
]
const images = {
  ...clouds({ classes: 2, dim: 24, images: 20, separation: 0, seed: 'features', old: -30 }),
  further: clouds({ classes: 2, dim: 24, images: 20, separation: 3, seed: 'further', old: -30 }).features,
}
const old = { ...oldCloud(24, 40), further: oldCloud(24, 40).features }
const columns = ['x', 'y'].map((label, place) => ({ label, increment: 0, sources: [{ increment: 0, place }] }))
const dataSet = { columns, kept: undefined, old }

test('layers that tell the images apart are chosen, as an extension would', async () => {
  const choice = await chooseLayers(dataSet, images, { seed: 0, offered })
  expect(choice).toMatchObject({ name: 'all', layers: [{ name: 'a' }, { name: 'b' }] })
})

test('what the bundle was asked to read is read', async () => {
  expect(await chooseLayers(dataSet, images, { seed: 0, offered, layers: ['b'] })).toMatchObject({ name: 'b' })
  expect(await chooseLayers(dataSet, images, { seed: 0, offered, layers: 'default' })).toBeUndefined()
})

test('without old images, or further layers, the features stay as they are', async () => {
  expect(await chooseLayers({ ...dataSet, old: undefined }, images, { seed: 0, offered })).toBeUndefined()
  const { further: _, ...plain } = images
  expect(await chooseLayers(dataSet, plain, { seed: 0, offered })).toBeUndefined()
})
