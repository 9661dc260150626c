import { expect, test } from '@jest/globals'
import type { AddedHead } from '../../src/head/added-head.js'
import { denseSource } from '../../src/head/feature-source.js'
import { joinHeads } from '../../src/head/join-heads.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'

const linear = (...weight: number[]) =>
  new LinearHead({
    dim: 1,
    columns: weight.length,
    weight: Float32Array.from(weight),
    bias: new Float32Array(weight.length),
  })

/** A head that is not linear, of one column: the square of the only feature. */
const square: AddedHead = {
  kind: 'mlp',
  columns: 1,
  nodes: () => ({ initializers: [], nodes: [] }),
  score: async (features) => Float32Array.from(await features.read(0, features.count), (value) => value ** 2),
  shift: () => square,
  slice: () => square,
}

const features = denseSource(Float32Array.of(3, 5), 1)

test('heads of one kind or of several score side by side, in order', async () => {
  for (const [heads, expected] of [
    [
      [linear(1, 2), linear(-1)],
      [3, 6, -3, 5, 10, -5],
    ],
    [
      [linear(1, 2), square, linear(-1)],
      [3, 6, 9, -3, 5, 10, 25, -5],
    ],
  ] as const) {
    const joined = joinHeads(heads)
    expect(joined.columns).toBe(expected.length / 2)
    expect([...(await joined.score(features))]).toEqual(expected)
  }
})

test('linear heads that read different layers score each their own', async () => {
  const reads = (start: number, ...weight: number[]) =>
    new LinearHead({ ...linear(...weight), dim: 1 }, 'softmax', [
      { name: `${start}`, tensor: `tap${start}`, start, end: start + 1, scale: 1 },
    ])
  const two = denseSource(Float32Array.of(3, 100, 5, 1000), 2)
  const joined = joinHeads([reads(1, 1, 2), linear(-1), LinearHead.empty(1), reads(1, 3)])
  expect(joined.columns).toBe(4)
  expect([...(await joined.score(two))]).toEqual([100, 200, -3, 300, 1000, 2000, -5, 3000])
  const alike = joinHeads([reads(1, 1, 2), LinearHead.empty(1), reads(1, 3)])
  expect([...(await alike.score(two))]).toEqual([100, 200, 300, 1000, 2000, 3000])
})
