import { describe, expect, test } from '@jest/globals'
import { selectRows, type FeatureTable } from '../../../src/features/table.js'
import { layerChoices } from '../../../src/head/layer-choice.js'
import {
  bestLayers,
  bestLayersForAll,
  tryLayers,
  type TriedByIncrement,
  type TriedLayers,
} from '../../../src/head/linear/choose-layers.js'
import { bottleneck, grid, late, layeredImages, layers, middle, plainOldImages } from '../../support/layered-images.js'

const choices = layerChoices(layers)
const options = { regularisation: 0.01, seed: 0 }
const rehearsal = plainOldImages()

async function tried(added: FeatureTable, classes: number, increment = new Int32Array(classes)) {
  return tryLayers({ added, classes, rehearsal }, choices, { ...options, increment })
}

/** What is tried for three classes of a single increment. */
async function triedAlone(shows: readonly number[], seed: number, count = 40): Promise<readonly TriedLayers[]> {
  const all = await tried(layeredImages({ classes: 3, count, shows: () => shows, seed }), 3)
  expect([...all.keys()]).toEqual([0])
  return all.get(0)!
}

const lossOf = ({ losses }: TriedLayers) => losses.reduce((sum, loss) => sum + loss, 0)

describe('the layers that held-out images are told apart by best', () => {
  test('are the usual ones where classes show there', async () => {
    expect(bestLayers(await triedAlone([late, bottleneck], 1)).name).toBe('default')
  })

  test('are all averages where classes show in a further one', async () => {
    const results = await triedAlone([middle], 2)
    expect(bestLayers(results).name).toBe('all')
    expect(results.map(({ choice }) => choice)).toEqual(choices)
    expect(lossOf(results[1]!)).toBeLessThan(0.8 * lossOf(results[0]!))
  })

  test('are the layout where classes show in the grid alone', async () => {
    expect(bestLayers(await triedAlone([grid], 3)).name).toBe('layout')
  })

  test('are the usual ones where nothing shows anywhere: a gain within its error is none', async () => {
    expect(bestLayers(await triedAlone([], 4, 20)).name).toBe('default')
  })

  test('suit each increment by itself, and one choice for all where there can be no more', async () => {
    // Three classes show in the usual layers alone, the next three in the grid alone.
    const shows = (label: number) => (label < 3 ? [bottleneck] : [grid])
    const increment = Int32Array.of(4, 4, 4, 7, 7, 7)
    const all = await tried(layeredImages({ classes: 6, count: 40, shows, seed: 7 }), 6, increment)
    expect([...all].map(([one, results]) => [one, bestLayers(results).name])).toEqual([
      [4, 'default'],
      [7, 'layout'],
    ])
    expect(choices).toContain(bestLayersForAll(all))
  })

  test('are judged by the images of an increment and the old ones, which count half', async () => {
    const count = 20
    const increment = Int32Array.of(0, 1, 1)
    const all = await tried(layeredImages({ classes: 3, count, shows: () => [late], seed: 8 }), 3, increment)
    const [first, other] = [all.get(0)![0]!.losses, all.get(1)![0]!.losses]
    // One row for each image that was sampled: the new ones in order, then the old ones.
    expect(first).toHaveLength(3 * count + 100)
    for (let row = 0; row < 3 * count; row++) {
      const own = increment[row % 3]!
      expect([first[row]! > 0, other[row]! > 0]).toEqual([own === 0, own === 1])
    }
    expect(first.subarray(3 * count).every((loss) => loss > 0)).toBe(true)
    expect(other.subarray(3 * count).every((loss) => loss > 0)).toBe(true)
  })

  test('are the usual ones for an increment none of whose images happened to be held out', async () => {
    // With so many classes, one fold of five is held out; the only picture of the last class is in another.
    const classes = 61
    const many = layeredImages({ classes, count: 5, shows: () => [grid], seed: 9 })
    const added = selectRows(many, (row) => row < classes || many.label[row] !== classes - 1)
    const all = await tried(added, classes, new Int32Array(classes).fill(1, classes - 1))
    expect([...all].map(([one, results]) => [one, bestLayers(results).name])).toEqual([
      [0, 'layout'],
      [1, 'default'],
    ])
    expect(all.get(1)!.map(lossOf)).toEqual([0, 0, 0])
    expect(bestLayersForAll(all).name).toBe('layout')
  })

  test('are judged by no image that is the only one of its class: heads that have not seen it cannot know it', async () => {
    const singles = layeredImages({ classes: 4, count: 1, shows: () => [grid], height: 8, seed: 10 })
    const alone = (await tried(singles, 4)).get(0)!
    expect(alone.map(lossOf)).toEqual([0, 0, 0])
    expect(bestLayers(alone).name).toBe('default')
    // Of two classes, the one with more images judges.
    const two = layeredImages({ classes: 2, count: 6, shows: () => [late], seed: 11 })
    const uneven = selectRows(two, (row) => row < 2 || two.label[row] === 0)
    const { losses } = (await tried(uneven, 2)).get(0)![0]!
    expect([...losses.subarray(0, uneven.count)].map((loss) => loss > 0)).toEqual(
      [...uneven.label].map((label) => label === 0),
    )
  })

  test('are the same for the same seed', async () => {
    expect(await triedAlone([middle], 6, 30)).toEqual(await triedAlone([middle], 6, 30))
  })
})

describe('the choice between losses', () => {
  const [usual, all] = choices as [(typeof choices)[0], (typeof choices)[0]]
  const withLosses = (first: number[], second: number[]): TriedLayers[] => [
    { choice: usual, losses: Float64Array.from(first) },
    { choice: all, losses: Float64Array.from(second) },
  ]
  const nameForAll = (...increments: TriedLayers[][]) =>
    bestLayersForAll(new Map(increments.map((one, i) => [i, one])) satisfies TriedByIncrement).name

  test('must gain more than its error', () => {
    // Gains of 0.5 with a standard error of 2.3, and of 0.4 with one of 0.
    expect(bestLayers(withLosses([1, 2, 3, 4], [0, 3, 1.5, 5]))).toBe(usual)
    expect(bestLayers(withLosses([1, 2, 3, 4], [0.9, 1.9, 2.9, 3.9])).name).toBe('all')
  })

  test('for all counts every increment alike, whatever its loss', () => {
    // 5% better on one increment, of a large loss, and 30% worse on another; and the other way round.
    expect(nameForAll(withLosses([0.5, 0.5], [0.475, 0.475]), withLosses([0.05, 0.05], [0.065, 0.065]))).toBe('default')
    expect(nameForAll(withLosses([0.5, 0.5], [0.525, 0.525]), withLosses([0.05, 0.05], [0.035, 0.035]))).toBe('all')
    expect(nameForAll(withLosses([0.5, 0.5], [0.475, 0.475]))).toBe('all')
  })
})
