import { describe, expect, test } from '@jest/globals'
import { shiftHeads, splitHeads } from '../../src/head/added-head.js'
import type { ChosenLayer } from '../../src/head/layer-choice.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'

const layer = (name: string, start: number, end: number): ChosenLayer => ({
  name,
  tensor: `nplusk/${name}`,
  start,
  end,
  scale: 1,
})

/** A head whose biases count on from a number, so that a column tells its place. */
function head(first: number, columns: number, layers?: readonly ChosenLayer[]): LinearHead {
  const dim = layers?.reduce((sum, { start, end }) => sum + end - start, 0) ?? 2
  return new LinearHead(
    {
      dim,
      columns,
      weight: Float32Array.from(
        { length: dim * columns },
        (_, i) => 100 * Math.floor(i / columns) + first + (i % columns),
      ),
      bias: Float32Array.from({ length: columns }, (_, c) => first + c),
    },
    'softmax',
    layers,
  )
}

const outer = [layer('outer', 0, 3)]
const inner = [layer('inner', 2, 3), layer('last', 4, 6)]
/** Of columns 0 and 1, 2, 3 to 5, and 6. */
const heads = [head(0, 2, outer), head(2, 1), head(3, 3, inner), head(6, 1, outer)]
const placesOf = (parts: readonly LinearHead[]) => parts.map(({ bias }) => [...bias])

describe('heads side by side', () => {
  test.each([
    ['as they are', [2, 1, 3, 1], [0, 1, 2, 3]],
    ['within heads', [1, 1, 1, 2, 1, 1], [0, 0, 1, 2, 2, 3]],
    [
      'with increments without columns first, between heads, within one, and last',
      [0, 2, 0, 1, 1, 0, 2, 0, 0, 1, 0],
      [],
    ],
  ])('are split by sizes: %s', (_, sizes, from) => {
    const parts = splitHeads(heads, sizes) as LinearHead[]
    let column = 0
    expect(placesOf(parts)).toEqual(sizes.map((size) => Array.from({ length: size }, () => column++)))
    expect(column).toBe(7)
    from.forEach((place, i) => expect(parts[i]!.layers).toBe(heads[place]!.layers))
    const whole = new Map(heads.flatMap((one) => Array.from(one.bias, (place, c) => [place, { one, c }] as const)))
    for (const part of parts) {
      part.bias.forEach((place, c) => {
        const { one, c: own } = whole.get(place)!
        expect([part.layers, part.dim]).toEqual([one.layers, one.dim])
        for (let d = 0; d < one.dim; d++) {
          expect(part.weight[d * part.columns + c]).toBe(one.weight[d * one.columns + own])
        }
      })
    }
  })

  test('have parts without columns where a head itself has none', () => {
    const some = [LinearHead.empty(2), ...heads.slice(0, 2), LinearHead.empty(2)]
    expect(placesOf(splitHeads(some, [0, 2, 0, 1, 0]) as LinearHead[])).toEqual([[], [0, 1], [], [2], []])
  })

  test('are shifted column by column, and stay as they are themselves', () => {
    const by = Float64Array.from({ length: 7 }, (_, column) => 10 * column)
    const shifted = shiftHeads(heads, by) as LinearHead[]
    expect(placesOf(shifted)).toEqual([[0, 11], [22], [33, 44, 55], [66]])
    expect(shifted.map(({ layers, weight }) => ({ layers, weight }))).toEqual(
      heads.map(({ layers, weight }) => ({ layers, weight })),
    )
    expect(placesOf(heads)).toEqual([[0, 1], [2], [3, 4, 5], [6]])
  })
})
