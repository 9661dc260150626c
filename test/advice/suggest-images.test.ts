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

  test('are, beyond the 4,000 least sure, those unlike all of these', async () => {
    // Of kinds 0 to 2 the classifier is less sure than of what comes last: 30 more of kind 0, and 4 of kind 3.
    const many = clouds({ classes: 4, dim: 16, images: 1400, separation: 2, seed: 'many', old: 0 })
    const placesOf = (kind: number) => [...many.label.keys()].filter((row) => many.label[row] === kind)
    const first = [0, 1, 2].flatMap((kind) => placesOf(kind).slice(0, kind === 0 ? 1200 : 1400))
    const last = [...placesOf(0).slice(1200, 1230), ...placesOf(3).slice(0, 4)]
    const unsureness = [...first.map(() => 0.5), ...last.map(() => 0.4)]
    expect(first).toHaveLength(4000)
    const pool = { features: pickedRows(many.features, [...first, ...last]), labelled: undefined, unsureness }
    const chosen = await suggestImages(pool, 4001)
    expect([...chosen.slice(0, 4000)].sort((a, b) => a - b)).toEqual([...first.keys()])
    expect(chosen[4000]).toBeGreaterThanOrEqual(4030)
    expect(chosen.slice(0, 4000)).toEqual(await suggestImages(pool, 4000))
    expect(new Set(await suggestImages(pool, 10_000)).size).toBe(4034)
  })

  test('are all, each once, where fewer are there; none of none', async () => {
    const some = pickedRows(features, [3, 40, 80])
    const chosen = await suggestImages({ features: some, unsureness: [0, 0.2, 1], labelled: undefined }, 10)
    expect([...chosen].sort()).toEqual([0, 1, 2])
    const none = pickedRows(features, [])
    expect(await suggestImages({ features: none, unsureness: [], labelled: undefined }, 10)).toEqual([])
  })
})
