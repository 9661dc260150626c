import { describe, expect, test } from '@jest/globals'
import { copiesAmong } from '../../src/features/copies.js'
import { groupNearDuplicates } from '../../src/features/near-duplicates.js'
import { buildTable } from '../../src/features/table.js'
import { createRandom } from '../../src/math/random.js'

const dim = 600

/** Images as random vectors, two views each; `vectors[i]` may repeat an earlier one with some noise. */
function tableOf(vectors: readonly Float32Array[], labels: readonly number[]) {
  const rows = vectors.flatMap((features, image) =>
    [0, 1].map(() => ({ bottleneck: { features, logits: Float32Array.of(1, 2) }, label: labels[image]!, image })),
  )
  return buildTable(rows, rows.length, dim)
}

function drawn(seed: string): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: dim }, () => Math.abs(random.normal()))
}

function noisy(vector: Float32Array, amount: number, seed = 0): Float32Array {
  const random = createRandom(`noise ${seed}`)
  return vector.map((value) => Math.abs(value + amount * random.normal()))
}

function between(from: Float32Array, to: Float32Array, share: number): Float32Array {
  return from.map((value, d) => value + share * (to[d]! - value))
}

test('a copy becomes a further view of the first image, rows side by side, images counted on', () => {
  const originals = Array.from({ length: 20 }, (_, i) => drawn(`image ${i}`))
  const table = tableOf(
    [...originals, noisy(originals[3]!, 0.1)],
    Array.from({ length: 21 }, () => 0),
  )
  const { table: grouped, copies } = groupNearDuplicates(table)
  expect(copies).toBe(1)
  const views = new Map<number, number>()
  for (const image of grouped.image) views.set(image, (views.get(image) ?? 0) + 1)
  expect([...views.keys()]).toEqual(Array.from({ length: 20 }, (_, i) => i))
  expect([...views.values()].filter((count) => count === 4)).toHaveLength(1)
  expect([...grouped.image]).toEqual([...grouped.image].sort((a, b) => a - b))
})

test('different images stay apart, and so do copies in two classes', () => {
  const originals = Array.from({ length: 20 }, (_, i) => drawn(`image ${i}`))
  expect(
    groupNearDuplicates(
      tableOf(
        originals,
        Array.from({ length: 20 }, () => 0),
      ),
    ).copies,
  ).toBe(0)
  const labels = Array.from({ length: 21 }, (_, i) => (i === 20 ? 1 : 0))
  expect(groupNearDuplicates(tableOf([...originals, originals[3]!], labels)).copies).toBe(0)
})

describe('a class of pictures that are much alike stays whole', () => {
  const everyone = (count: number, label = 0) => Array.from({ length: count }, () => label)
  const others = Array.from({ length: 30 }, (_, i) => drawn(`other ${i}`))

  test.each([
    ['all alike but for noise', (i: number) => noisy(drawn('one'), 0.02, i)],
    ['that differ in one thing', (i: number) => between(drawn('from'), drawn('to'), createRandom(`hue ${i}`).next())],
    ['of eight kinds', (i: number) => noisy(drawn(`kind ${i % 8}`), 0.02, i)],
  ])('%s', (_, picture) => {
    const uniform = Array.from({ length: 150 }, (_, i) => picture(i))
    expect(groupNearDuplicates(tableOf(uniform, everyone(150))).copies).toBeLessThanOrEqual(3)
    const beside = groupNearDuplicates(tableOf([...others, ...uniform], [...everyone(30), ...everyone(150, 1)]))
    expect(beside.copies).toBeLessThanOrEqual(3)
  })

  test('and a copy in it is found all the same', () => {
    const uniform = Array.from({ length: 60 }, (_, i) => noisy(drawn('one'), 0.05, i))
    const { copies } = groupNearDuplicates(tableOf([...uniform, noisy(uniform[7]!, 0.01)], everyone(61)))
    expect(copies).toBe(1)
  })
})

test('three copies of every picture are found', () => {
  const pictures = Array.from({ length: 40 }, (_, i) => drawn(`image ${i}`))
  const all = [0, 1, 2, 3].flatMap((copy) => pictures.map((picture) => noisy(picture, 0.1, copy)))
  expect(
    groupNearDuplicates(
      tableOf(
        all,
        all.map(() => 0),
      ),
    ).copies,
  ).toBe(120)
})

test('copies are found among very many', () => {
  const pictures = Array.from({ length: 520 }, (_, i) => drawn(`image ${i}`))
  const all = [...pictures, ...pictures.slice(0, 10).map((picture) => noisy(picture, 0.1))]
  expect(
    groupNearDuplicates(
      tableOf(
        all,
        all.map(() => 0),
      ),
    ).copies,
  ).toBe(10)
})

test.each([
  ['few', 1, 1],
  ['many', 12, 4],
])('the very same picture counts once, among %s', (_, again, others) => {
  const picture = drawn('image')
  const pictures = [picture, ...Array.from({ length: others }, (_, i) => drawn(`image ${i}`))]
  const all = [...pictures, ...Array.from({ length: again }, () => picture)]
  const { table, copies } = groupNearDuplicates(
    tableOf(
      all,
      all.map(() => 0),
    ),
  )
  expect(copies).toBe(again)
  expect(new Set(table.image).size).toBe(1 + others)
})

test('of thousands of equal pictures only the first is compared with others', () => {
  const pictures = Array.from({ length: 12 }, (_, i) => drawn(`image ${i}`).subarray(0, 30))
  const copies = pictures.slice(0, 2).map((picture) => noisy(picture, 1e-3))
  const placeholders = Array.from({ length: 1200 }, () => pictures[0]!.slice())
  let reads = 0
  const vectors = new Proxy([...pictures, ...copies, ...placeholders], {
    get(all, key, receiver) {
      reads++
      return Reflect.get(all, key, receiver) as unknown
    },
  })
  const found = copiesAmong(vectors)
  expect(found.slice(0, 12)).toEqual([...pictures.keys()])
  expect(new Set(found.slice(14))).toEqual(new Set([0]))
  expect(reads).toBeLessThan(10 * vectors.length)
})

test('no image, or one, is no duplicate', () => {
  expect(groupNearDuplicates(tableOf([], [])).copies).toBe(0)
  expect(groupNearDuplicates(tableOf([drawn('one')], [0])).copies).toBe(0)
})

describe('pictures of a class that come later', () => {
  const originals = Array.from({ length: 12 }, (_, i) => drawn(`image ${i}`))
  const zeros = (count: number) => Array.from({ length: count }, () => 0)
  const partsOf = (...counts: number[]) =>
    counts.flatMap((count, part) => Array.from({ length: 2 * count }, () => part))

  test.each([
    ['the very same', (vector: Float32Array) => vector],
    ['encoded again', (vector: Float32Array, i: number) => noisy(vector, 0.05, i)],
  ])('count once where all of them are there already, %s', (_, again) => {
    const twice = tableOf([...originals, ...originals.map(again)], zeros(24))
    const { table, copies } = groupNearDuplicates(twice, partsOf(12, 12))
    expect(copies).toBe(12)
    expect(new Set(table.image).size).toBe(12)
    const thrice = tableOf([...originals, ...originals.map(again), ...originals], zeros(36))
    expect(groupNearDuplicates(thrice, partsOf(12, 12, 12)).copies).toBe(24)
  })

  test('count once in a class of two, and beside new ones', () => {
    const [a, b, c] = originals as [Float32Array, Float32Array, Float32Array]
    expect(groupNearDuplicates(tableOf([a, b, b, a, c], zeros(5)), partsOf(2, 3)).copies).toBe(2)
    expect(
      groupNearDuplicates(tableOf([...originals.slice(0, 11), c, drawn('new')], zeros(13)), partsOf(11, 2)).copies,
    ).toBe(1)
  })

  test('join no two that were counted as two', () => {
    const between0and1 = between(originals[0]!, originals[1]!, 0.5)
    const near = [noisy(between0and1, 0.02, 1), noisy(between0and1, 0.02, 2)]
    const table = tableOf([...near, ...originals.slice(2), between0and1], zeros(13))
    expect(groupNearDuplicates(table, partsOf(12, 1)).copies).toBe(1)
  })
})
