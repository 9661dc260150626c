import { describe, expect, test } from '@jest/globals'
import type { FeatureSource } from '../../src/head/feature-source.js'
import { pointOfBias, weightPlaces } from '../../src/head/point.js'
import { rowWeights } from '../../src/head/row-weights.js'
import { standardise } from '../../src/head/standardise.js'
import { rowLengthOf, standardiseSet } from '../../src/head/standardised-set.js'
import { inGroups, randomSet, soleFeatures } from './random-set.js'

const shape = { classes: 4, images: 8, old: 10 }
const set = randomSet({ ...shape, dim: 5 })
const narrow = soleFeatures(randomSet({ ...shape, dim: 3, seed: 2 }))
let reads = 0
const features = soleFeatures(set)
const wide: FeatureSource = {
  ...features,
  read(start, end) {
    reads++
    return features.read(start, end)
  },
}
const grouped = inGroups(set, [
  { columns: 1, features: wide },
  { columns: 2, features: narrow },
  { columns: 1, features: wide },
])

describe('a set of several groups', () => {
  test('is standardised group by group, features that are shared once', async () => {
    const { groups, ...columns } = await standardiseSet(grouped)
    expect(columns).toEqual((({ groups: _, ...rest }) => rest)(grouped))
    const weight = rowWeights(set)
    const [ofWide, ofNarrow] = [await standardise(features, weight), await standardise(narrow, weight)]
    expect(groups.map(({ standardisation }) => standardisation)).toEqual([ofWide, ofNarrow, ofWide])
    expect(groups.map(({ columns }) => columns)).toEqual([1, 2, 1])
    expect(reads).toBe(1)
    const half = await standardiseSet(
      grouped,
      rowWeights(set, (row) => row % 2 === 0),
    )
    expect(half.groups[0]!.standardisation).not.toEqual(ofWide)
  })

  test('has the row length of the longest', async () => {
    expect(rowLengthOf(await standardiseSet(grouped))).toBeCloseTo(Math.sqrt(5), 12)
    expect(rowLengthOf({ groups: [] })).toBe(0)
  })

  test('has points of weights by group, then all biases', () => {
    expect(weightPlaces(grouped.groups)).toEqual([
      { start: 0, end: 5 },
      { start: 5, end: 11 },
      { start: 11, end: 16 },
    ])
    expect([...pointOfBias(grouped.groups, 2.5)]).toEqual([...new Array<number>(16).fill(0), 2.5, 2.5, 2.5, 2.5])
    expect(pointOfBias([], 1)).toHaveLength(0)
  })
})
