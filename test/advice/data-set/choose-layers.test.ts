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
  const choices = await chooseLayers(dataSet, images, { seed: 0, offered })
  const all = { name: 'all', layers: [{ name: 'a' }, { name: 'b' }] }
  expect(choices).toMatchObject([all, all])
})

test('what the bundle was asked to read is read', async () => {
  const asked = (layers: 'default' | string[]) => chooseLayers(dataSet, images, { seed: 0, offered, layers })
  expect(await asked(['b'])).toMatchObject([{ name: 'b' }, { name: 'b' }])
  expect(await asked('default')).toEqual([undefined, undefined])
})

test('without old images, or further layers, the features stay as they are', async () => {
  expect(await chooseLayers({ ...dataSet, old: undefined }, images, { seed: 0, offered })).toEqual([])
  const { further: _, ...plain } = images
  expect(await chooseLayers(dataSet, plain, { seed: 0, offered })).toEqual([undefined, undefined])
})
