import { describe, expect, test } from '@jest/globals'
import type { Layer } from '../../../src/features/layers.js'
import { memoryWriter } from '../../../src/features/feature-rows.js'
import { buildTable, type FeatureTable } from '../../../src/features/table.js'
import { layerChoices } from '../../../src/head/layer-choice.js'
import { bestLayers, tryLayers, type TriedLayers } from '../../../src/head/linear/choose-layers.js'
import { createRandom } from '../../../src/math/random.js'

const size = 12
const names = ['late', 'bottleneck', 'middle', 'late:4x4']
const layers: Layer[] = names.map((name, i) => ({ name, size, cells: i === 3 ? 4 : 1, byDefault: i < 2 }))
const choices = layerChoices(layers)
const options = { regularisation: 0.01, seed: 0 }

/**
 * Images whose class shows in some of the layers, by a number above noise; others are noise alone.
 *
 * @param shows the layers in which the class of an image shows
 */
function images(
  classes: number,
  count: number,
  shows: (label: number) => readonly number[],
  seed: number,
): FeatureTable {
  const random = createRandom(`layers:${seed}`)
  const rows = Array.from({ length: classes * count }, (_, image) => {
    const label = image % classes
    const features = Float32Array.from({ length: size * layers.length }, () => random.normal())
    for (const layer of shows(label)) features[layer * size + (label % size)]! += 3
    return { bottleneck: { features, logits: Float32Array.of(0, random.normal()) }, label, image }
  })
  const further = memoryWriter(rows.length, 2 * size)
  return buildTable(rows, rows.length, 2 * size, undefined, further)
}

/** Old images show nothing, and stand out by their old logits alone. */
const rehearsal = images(1, 100, () => [], 99)

async function tried(added: FeatureTable, classes: number, increment = new Int32Array(classes)) {
  return tryLayers({ added, classes, rehearsal }, choices, { ...options, increment })
}
const nameOf = ({ choice }: TriedLayers) => choice.name

describe('the layers that held-out images are told apart by best', () => {
  test('are the usual ones where classes show there', async () => {
    expect(
      nameOf(
        bestLayers(
          await tried(
            images(3, 40, () => [0, 1], 1),
            3,
          ),
        ),
      ),
    ).toBe('default')
  })

  test('are all averages where classes show in a further one', async () => {
    const results = await tried(
      images(3, 40, () => [2], 2),
      3,
    )
    expect(nameOf(bestLayers(results))).toBe('all')
    expect(results[0]).toMatchObject({ gain: 0, error: 0 })
    expect(results[1]!.losses[0]).toBeLessThan(results[0]!.losses[0]!)
    expect(results[1]!.gain).toBeCloseTo(Math.log(results[0]!.losses[0]! / results[1]!.losses[0]!), 10)
  })

  test('are the layout where classes show in the grid alone', async () => {
    expect(
      nameOf(
        bestLayers(
          await tried(
            images(3, 40, () => [3], 3),
            3,
          ),
        ),
      ),
    ).toBe('layout')
  })

  test('are the usual ones where nothing shows anywhere: a gain within its error is none', async () => {
    expect(
      nameOf(
        bestLayers(
          await tried(
            images(3, 20, () => [], 4),
            3,
          ),
        ),
      ),
    ).toBe('default')
  })

  test('serve every increment: many classes do not outweigh a few', async () => {
    // Ten classes of one increment show in the grid a little, two of another in the usual layers alone.
    const increment = Int32Array.from({ length: 12 }, (_, column) => (column < 2 ? 0 : 1))
    const results = await tried(
      images(12, 20, (label) => (label < 2 ? [0, 1] : [0, 1, 3]), 5),
      12,
      increment,
    )
    const layout = results.find((one) => nameOf(one) === 'layout')!
    expect(layout.losses).toHaveLength(2)
    const ratios = layout.losses.map((loss, i) => Math.log(results[0]!.losses[i]! / loss))
    expect(layout.gain).toBeCloseTo((ratios[0]! + ratios[1]!) / 2, 10)
    expect(ratios[0]!).toBeLessThan(ratios[1]!)
  })

  test('are the same for the same seed', async () => {
    const table = images(3, 30, () => [2], 6)
    expect(await tried(table, 3)).toEqual(await tried(table, 3))
  })
})

test('a choice must gain more than its error', () => {
  const [usual, all] = choices as [(typeof choices)[0], (typeof choices)[0]]
  const first = { choice: usual, losses: [1], gain: 0, error: 0 }
  const other = (gain: number, error: number) => ({ choice: all, losses: [1], gain, error })
  expect(bestLayers([first, other(0.1, 0.2)])).toBe(first)
  expect(nameOf(bestLayers([first, other(0.3, 0.2)]))).toBe('all')
})
