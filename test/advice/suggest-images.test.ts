import { describe, expect, test } from '@jest/globals'
import { suggestImages } from '../../src/advice/suggest-images.js'
import { pickedRows } from '../../src/features/feature-rows.js'
import { clouds } from './clouds.js'

/** Four kinds of images, 25 of each. */
const { features, label } = clouds({ classes: 4, dim: 16, images: 25, separation: 2, seed: 'pool', old: 0 })
const evenly = Array.from(label, () => 0.5)

describe('images to label next', () => {
  test('are of all kinds where the classifier is equally unsure of all', async () => {
    const chosen = await suggestImages({ features, unsureness: evenly, labelled: undefined }, 4)
    expect(new Set(chosen.map((place) => label[place]))).toEqual(new Set([0, 1, 2, 3]))
  })

  test('are of the kind that it is unsure of', async () => {
    const unsureness = Array.from(label, (one) => (one === 2 ? 0.9 : 0.01))
    const chosen = await suggestImages({ features, unsureness, labelled: undefined }, 5)
    expect(chosen.map((place) => label[place])).toEqual([2, 2, 2, 2, 2])
  })

  test('are of kinds that it was not trained on', async () => {
    const rows = [...label.keys()].filter((row) => label[row]! < 2)
    const known = clouds({ classes: 4, dim: 16, images: 25, separation: 2, seed: 'known', old: 0 })
    const labelled = pickedRows(known.features, rows)
    const chosen = await suggestImages({ features, unsureness: evenly, labelled }, 4)
    expect(chosen.map((place) => label[place]).filter((one) => one! < 2)).toEqual([])
  })

  test('are all, each once, where fewer are there; none of none', async () => {
    const some = pickedRows(features, [3, 40, 80])
    const chosen = await suggestImages({ features: some, unsureness: [0, 0.2, 1], labelled: undefined }, 10)
    expect([...chosen].sort()).toEqual([0, 1, 2])
    const none = pickedRows(features, [])
    expect(await suggestImages({ features: none, unsureness: [], labelled: undefined }, 10)).toEqual([])
  })
})
