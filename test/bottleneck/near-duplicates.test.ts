import { expect, test } from '@jest/globals'
import { groupNearDuplicates } from '../../src/bottleneck/near-duplicates.js'
import { buildTable } from '../../src/bottleneck/table.js'
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

function noisy(vector: Float32Array, amount: number): Float32Array {
  const random = createRandom('noise')
  return vector.map((value) => Math.abs(value + amount * random.normal()))
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

test('no image, or one, is no duplicate', () => {
  expect(groupNearDuplicates(tableOf([], [])).copies).toBe(0)
  expect(groupNearDuplicates(tableOf([drawn('one')], [0])).copies).toBe(0)
})
