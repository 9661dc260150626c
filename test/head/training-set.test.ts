import { describe, expect, test } from '@jest/globals'
import { memoryRows, memoryWriter } from '../../src/features/feature-rows.js'
import type { Layer } from '../../src/features/layers.js'
import { buildTable, joinTables, noOldTarget, type FeatureTable } from '../../src/features/table.js'
import { namedLayers } from '../../src/head/layer-choice.js'
import { float32ToFloat16 } from '../../src/math/float16.js'
import { buildTrainingSet } from '../../src/head/training-set.js'
import { featureRows, soleFeatures } from './random-set.js'

/** Rows of two features, `[first, label, image]`; all base logits are `[first, 0]`. */
function table(rows: readonly (readonly [number, number, number])[], mergedInto?: number): FeatureTable {
  return buildTable(
    rows.map(([first, label, image]) => ({
      bottleneck: { features: Float32Array.of(first, -first), logits: Float32Array.of(first, 0) },
      label,
      image,
      mergedInto,
    })),
    rows.length,
    2,
  )
}

const flowers = table([
  [1, 0, 0],
  [1.5, 0, 0],
  [2, 1, 1],
])
const merged = table(
  [
    [3, 2, 0],
    [4, 2, 1],
  ],
  1,
)
const added = joinTables([flowers, merged])
const rehearsal = table([
  [5, 17, 0],
  [6, -1, 1],
])

describe('buildTrainingSet', () => {
  const set = buildTrainingSet({ added, classes: 3, rehearsal })

  test('a new image shows its class, an old one none', () => {
    expect(set.classes).toBe(3)
    expect([...set.target]).toEqual([0, 0, 1, 2, 2, -1, -1])
  })

  test('keeps images apart, and the views of one together', () => {
    expect([...set.image]).toEqual([0, 0, 1, 2, 3, 4, 5])
  })

  test('an old image is right with any old class, a merged one with its own, any other with none', () => {
    const never = Math.fround(noOldTarget)
    expect([...set.oldTarget]).toEqual([never, never, never, 0, 0, set.oldLogSumExp[5], set.oldLogSumExp[6]])
    expect(set.oldLogSumExp[5]).toBeCloseTo(Math.log(Math.exp(5) + 1), 6)
  })

  test('reads features across tables, a block at a time', async () => {
    const rows = [1, 1.5, 2, 3, 4, 5, 6].map((first) => [first, -first])
    expect(await featureRows(set)).toEqual(rows)
    expect([...(await soleFeatures(set).read(2, 6))]).toEqual(rows.slice(2, 6).flat())
    expect([...(await soleFeatures(set).read(3, 3))]).toEqual([])
  })

  test('needs no old images, and takes a class without rows', () => {
    const alone = buildTrainingSet({ added, classes: 4, rehearsal: undefined })
    expect(alone.classes).toBe(4)
    expect([...alone.target]).toEqual([0, 0, 1, 2, 2])
    expect([...alone.image]).toEqual([0, 0, 1, 2, 3])
  })
})

describe('columns that read layers', () => {
  // Features [first, −first], and two further layers of one number each: 10·first and 20·first.
  const widened = (of: FeatureTable, firsts: readonly number[]): FeatureTable => {
    const writer = memoryWriter(of.count, 2)
    for (const first of firsts) writer.add(Uint16Array.of(float32ToFloat16(10 * first), float32ToFloat16(20 * first)))
    return { ...of, further: writer.done() }
  }
  const offered: Layer[] = [
    { name: 'usual', size: 2, cells: 1, byDefault: true },
    { name: 'ten', size: 1, cells: 1, byDefault: false },
    { name: 'twenty', size: 1, cells: 1, byDefault: false },
  ]
  const tables = {
    added: widened(flowers, [1, 1.5, 2]),
    classes: 4,
    rehearsal: widened(rehearsal, [5, 6]),
  }
  const [ten, all] = [namedLayers(offered, ['ten']), namedLayers(offered, ['usual', 'twenty'])]

  test('are a group where they stand side by side and read the same, and groups of the same share their features', async () => {
    const set = buildTrainingSet({ ...tables, choices: [all, undefined, undefined, all] })
    expect(set.groups.map(({ columns, layers }) => [columns, layers])).toEqual([
      [1, all.layers],
      [2, undefined],
      [1, all.layers],
    ])
    expect(set.groups[2]!.features).toBe(set.groups[0]!.features)
    const firsts = [1, 1.5, 2, 5, 6]
    expect(await featureRows(set, 0)).toEqual(firsts.map((first) => [first, -first, 20 * first]))
    expect(await featureRows(set, 1)).toEqual(firsts.map((first) => [first, -first]))
    const { scale } = set.groups[0]!.features
    expect([...scale!]).toEqual(
      all.layers.flatMap(({ start, end, scale }) => new Array(end - start).fill(Math.fround(scale))),
    )
    expect(set.groups[1]!.features.scale).toBeUndefined()
  })

  test('read what is chosen, one group for all where the choice is one', async () => {
    const set = buildTrainingSet({ ...tables, choices: [ten, ten, ten, ten] })
    expect(set.groups).toHaveLength(1)
    expect(set.groups[0]).toMatchObject({ columns: 4, layers: ten.layers })
    expect(await featureRows(set)).toEqual([1, 1.5, 2, 5, 6].map((first) => [10 * first]))
    expect(buildTrainingSet(tables).groups.map(({ columns }) => columns)).toEqual([4])
  })
})

describe('a set too large to be held', () => {
  // More than 512 MiB as float32, half of it as the half floats it is kept in; most of the rows are the same memory.
  const dim = 2 ** 15
  const count = 2 ** 12 + 3
  const row = (value: number) => new Uint16Array(dim).fill(value)
  const features = new Uint16Array(count * dim)
  features.set(row(0x3c00), 0)
  features.set(row(0x4000), (count - 2) * dim)
  features.set(row(0x4200), (count - 1) * dim)
  const columns = {
    oldLogSumExp: new Float32Array(count),
    oldBest: new Float32Array(count),
    oldMedian: new Float32Array(count),
    oldDeviation: new Float32Array(count),
    oldTarget: new Float32Array(count),
  }
  const integers = Object.fromEntries(
    (['oldClass', 'label', 'image', 'file'] as const).map((name) => [name, new Int32Array(count)]),
  ) as Record<'oldClass' | 'label' | 'image' | 'file', Int32Array>
  const large: FeatureTable = { dim, count, features: memoryRows(features, dim), ...columns, ...integers }

  test('is widened block by block: a block is valid until the next is read', async () => {
    const set = buildTrainingSet({ added: large, classes: 1, rehearsal: undefined })
    const first = await soleFeatures(set).read(0, 2)
    expect([first.length, first[0], first[dim - 1], first[dim]]).toEqual([2 * dim, 1, 1, 0])
    const last = await soleFeatures(set).read(count - 2, count)
    expect([last.length, last[0], last[dim], last[2 * dim - 1]]).toEqual([2 * dim, 2, 3, 3])
    expect(last.buffer).toBe(first.buffer)
  })
})
