import { describe, expect, test } from '@jest/globals'
import { arrangements, strataOf, withinAuroc } from '../../src/advice/strata.js'
import { twoSampleTest, type Sample } from '../../src/advice/two-sample.js'
import { vectorsOf } from '../../src/advice/vectors.js'
import { joinedRows, memoryRows, pickedRows } from '../../src/features/feature-rows.js'
import { encodeFloat16 } from '../../src/math/float16.js'
import { clouds } from './clouds.js'

const shape = { classes: 3, dim: 20, separation: 1, old: 0 }
const settings = { permutations: 199 }

function sample(images: number, seed: string, shift = 0): Sample {
  const { features, label } = clouds({ ...shape, images, seed, shift })
  return { features, label }
}

describe('the two-sample test', () => {
  test('finds no difference between two draws of the same images', async () => {
    // With 20 pairs of draws, one or two p-values under .05 are usual and five are not.
    let low = 0
    for (let round = 0; round < 20; round++) {
      const result = await twoSampleTest(sample(15, `a${round}`), sample(10, `b${round}`), settings)
      expect(result!.differs).toBe(false)
      if (result!.pValue < 0.05) low++
    }
    expect(low).toBeLessThan(5)
  })

  test('finds images that lie elsewhere, and says how well they are told apart', async () => {
    const result = await twoSampleTest(sample(30, 'a'), sample(20, 'b', 1), settings)
    expect(result!.images).toEqual([90, 60])
    expect(result!.auroc).toBeGreaterThan(0.95)
    expect(result!.pValue).toBe(1 / 200)
    expect(result!.differs).toBe(true)
  })

  test('other shares of the classes are no difference', async () => {
    const many = sample(40, 'a')
    const few = sample(40, 'b')
    const label = Int32Array.from(few.label)
    const kept = [...label.keys()].filter((row) => label[row] === 0 || row % 8 === 0)
    const uneven = {
      features: joinedRows(kept.map((row) => single(few, row))),
      label: Int32Array.from(kept, (row) => label[row]!),
    }
    expect((await twoSampleTest(many, uneven, settings))!.differs).toBe(false)
  })

  test('the most telling images come first: those that were moved', async () => {
    const [before, after] = [sample(30, 'a'), sample(20, 'b')]
    const moved = clouds({ ...shape, images: 20, seed: 'b', shift: 1.5 }).features
    const features = joinedRows(
      [...Array(60).keys()].map((row) => single(row % 20 < 6 ? { ...after, features: moved } : after, row)),
    )
    const result = await twoSampleTest(before, { ...after, features }, settings)
    expect(result!.differs).toBe(true)
    const first = result!.telling.slice(0, 18).filter(({ row }) => row % 20 < 6)
    expect(first.length).toBeGreaterThanOrEqual(15)
    const scores = result!.telling.map(({ score }) => score)
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(Math.max(...scores)).toBeLessThanOrEqual(1)
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0)
  })

  test('compares classes that both have, names the one that differs most, and is repeatable', async () => {
    const [a, b] = [sample(20, 'a'), sample(20, 'b')]
    const elsewhere = clouds({ ...shape, images: 20, seed: 'b', shift: 1.5 }).features
    const features = joinedRows([
      ...[...Array(20).keys()].map((row) => single(b, row)),
      ...[...Array(20).keys()].map((row) => single({ ...b, features: elsewhere }, 20 + row)),
      ...[...Array(20).keys()].map((row) => single(b, 40 + row)),
    ])
    const other = { features, label: Int32Array.from(b.label, (one) => (one === 2 ? 7 : one)) }
    const result = await twoSampleTest(a, other, settings)
    expect(result!.images).toEqual([40, 40])
    expect(result!.perClass.map(({ label }) => label)).toEqual([1, 0])
    expect(result!.perClass[0]!.auroc).toBeGreaterThan(0.9)
    expect(result!.perClass[1]!.auroc).toBeLessThan(0.8)
    expect(result!.telling.every(({ row }) => row < 40)).toBe(true)
    expect(await twoSampleTest(a, other, settings)).toEqual(result)
    const unlike = { ...other, label: Int32Array.from(b.label, () => 9) }
    expect(await twoSampleTest(a, unlike, settings)).toBeUndefined()
  })

  test('the class that differs most surely comes first, not one of two images that are told apart by chance', async () => {
    const [a, b] = [
      clouds({ ...shape, images: 30, seed: 'a' }),
      clouds({ ...shape, images: 30, seed: 'b', shift: 0.5 }),
    ]
    const far = clouds({ ...shape, images: 30, seed: 'b', shift: 3 })
    // All of class 0, two of class 1.
    const rows = [...Array(32).keys()]
    const label = Int32Array.from(rows, (row) => a.label[row]!)
    const moved = joinedRows([pickedRows(b.features, rows.slice(0, 30)), pickedRows(far.features, rows.slice(30))])
    const result = await twoSampleTest({ features: pickedRows(a.features, rows), label }, { features: moved, label })
    const [first, second] = result!.perClass
    expect([first!.label, second!.label]).toEqual([0, 1])
    expect(first!.auroc).toBeLessThan(second!.auroc)
  })

  test('says whether so few images could differ beyond chance', async () => {
    const couldTell = async (first: number, second: number) => {
      const alone = (images: number, seed: string, shift: number): Sample => {
        const { features, label } = clouds({ ...shape, classes: 1, images, seed, shift })
        return { features, label }
      }
      const result = await twoSampleTest(alone(first, 'a', 0), alone(second, 'b', 5))
      if (!result!.couldTell) expect(result!.differs).toBe(false)
      return result!.couldTell
    }
    expect(await couldTell(4, 4)).toBe(false)
    expect(await couldTell(3, 6)).toBe(false)
    expect(await couldTell(5, 5)).toBe(true)
    expect(await couldTell(20, 8)).toBe(true)
  })

  test('images of classes that only one set has take no places of those that are compared', async () => {
    const [own, others] = [sample(10, 'a'), clouds({ ...shape, classes: 1, images: 1600, seed: 'others' })]
    const many = {
      features: joinedRows([others.features, own.features]),
      label: Int32Array.of(...Array<number>(1600).fill(9), ...Array.from(own.label)),
    }
    expect((await twoSampleTest(many, sample(10, 'b'), settings))!.images).toEqual([30, 30])
  })

  test('ends where it is aborted', async () => {
    const call = twoSampleTest(sample(5, 'a'), sample(5, 'b'), { signal: AbortSignal.abort() })
    await expect(call).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

/** A row of a sample, as features of its own. */
function single({ features }: Pick<Sample, 'features'>, row: number) {
  const target = new Uint16Array(features.dim)
  features.copy(row, row + 1, target)
  return memoryRows(target, features.dim)
}

describe('strata', () => {
  const item = (side: number, row: number, label: number) => ({ side, row, label })

  test('are the classes that both sides have two images of', () => {
    const items = [0, 1].flatMap((side) => [item(side, 0, 5), item(side, 1, 5), item(side, 2, 3)])
    const strata = strataOf([...items, item(1, 3, 5), item(0, 4, 8), item(0, 5, 8)])
    expect(strata.labels).toEqual([5])
    expect(strata.items.map(({ side, row }) => [side, row])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [1, 3],
    ])
    expect(strata.share).toEqual([3 / 5])
  })

  test('can be arranged in as many ways as their sides can be dealt', () => {
    const items = (label: number, first: number, second: number) =>
      [first, second].flatMap((count, side) => Array.from({ length: count }, (_, row) => item(side, row, label)))
    expect(arrangements(strataOf(items(0, 3, 2)))).toBe(10)
    expect(arrangements(strataOf([...items(0, 3, 2), ...items(1, 4, 4)]))).toBeCloseTo(700, 9)
    expect(arrangements(strataOf(items(0, 1500, 1500)))).toBe(Infinity)
  })

  test('the AUROC within strata counts pairs, ties by half', () => {
    const members = [
      [0, 1, 2, 3],
      [4, 5, 6],
    ]
    const side = [0, 1, 0, 1, 1, 0, 1]
    const scores = [1, 2, 2, 0, 5, 5, 9]
    let wins = 0
    let pairs = 0
    for (const own of members)
      for (const a of own)
        for (const b of own)
          if (side[a] === 0 && side[b] === 1) {
            pairs++
            wins += scores[b]! > scores[a]! ? 1 : scores[b] === scores[a] ? 0.5 : 0
          }
    expect(withinAuroc({ members }, side, scores)).toBe(wins / pairs)
  })
})

test('float16 features are read as they were written', () => {
  const features = memoryRows(encodeFloat16(Float32Array.of(1, 2, 3, 4, 5, 6)), 3)
  expect(vectorsOf(features, [1, 0], 2)).toEqual({ count: 2, dim: 2, values: Float32Array.of(5, 6, 2, 3) })
})
