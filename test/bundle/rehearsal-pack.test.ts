import { describe, expect, test } from '@jest/globals'
import { memoryWriter, readRows } from '../../src/features/feature-rows.js'
import { buildTable } from '../../src/features/table.js'
import { decodeRehearsalPack, encodeRehearsalPack, mostPacked } from '../../src/bundle/rehearsal-pack.js'
import { decodeTensors, encodeTensors } from '../../src/bundle/seals/sealed-tensors.js'
import { float16ToFloat32 } from '../../src/math/float16.js'
import { plainTable } from '../support/plain-table.js'
import { createRandom } from '../../src/math/random.js'

const count = 40
const dim = 12
const random = createRandom('pack')

/** Pooled activations: not negative, columns of very different size, the first one all zero. */
const table = buildTable(
  Array.from({ length: count }, (_, image) => ({
    bottleneck: {
      features: Float32Array.from({ length: dim }, (_, d) =>
        d === 0 ? 0 : Math.max(0, random.normal()) * 10 ** ((d % 5) - 2),
      ),
      logits: Float32Array.from({ length: 3 }, () => random.normal()),
    },
    label: image % 3,
    image,
  })),
  count,
  dim,
)

test('packs hold further layers too, at their own scale', () => {
  const features = Float32Array.of(1, 2, -30, 40)
  const row = { bottleneck: { features, logits: Float32Array.of(0, 1) }, label: 0, image: 0 }
  const rows = [row, { ...row, bottleneck: { ...row.bottleneck, features: features.map((one) => one / 2) }, image: 1 }]
  const two = buildTable(rows, 2, 2, undefined, memoryWriter(2, 2))
  const { table: read } = decodeRehearsalPack(encodeRehearsalPack(two, 'abc', {}), 'pack')
  const values = Array.from(readRows(read.further!, 0, 2), float16ToFloat32)
  const expected = [-30, 40, -15, 20]
  values.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(40 / 255 / 2 + 0.02))
})

describe('rehearsal packs', () => {
  const bytes = encodeRehearsalPack(table, 'abc', { source: 'test' })
  const { table: read, baseHash } = decodeRehearsalPack(bytes, 'pack')

  test('keep features to half a step of 1/255 of their column, and one rounding to half floats', () => {
    for (let d = 0; d < dim; d++) {
      const column = (features: Uint16Array) =>
        Array.from({ length: count }, (_, row) => float16ToFloat32(features[row * dim + d]!))
      const [before, after] = [column(plainTable(table).features), column(plainTable(read).features)]
      const largest = Math.max(...before)
      before.forEach((value, row) => {
        const rounding = 2 ** -11 * value + 2 ** -11 * largest
        expect(Math.abs(after[row]! - value)).toBeLessThanOrEqual(largest / 255 / 2 + rounding)
      })
    }
  })

  test('keep every other column bit for bit, and which base they are of', () => {
    expect({ ...read, features: undefined }).toEqual({ ...table, features: undefined })
    expect(baseHash).toBe('abc')
    expect(decodeTensors(bytes, 'pack').metadata).toEqual({ source: 'test', base: 'abc' })
  })

  test('hold so many images that they can be read in one piece', () => {
    const rowBytes = dim + 4 * 8
    const others = 2 ** 16 + 2 * 4 * dim
    expect(bytes.length).toBeLessThanOrEqual(others + count * rowBytes)
    const most = mostPacked({ dim: dim - 2, furtherDim: 2 })
    expect(others + most * rowBytes).toBeLessThan(2 ** 31)
    expect(others + (most + 1) * rowBytes).toBeGreaterThanOrEqual(2 ** 31)
  })

  test('use the whole of a byte: the largest of a column is 255', () => {
    const packed = decodeTensors(bytes, 'pack').tensors['features']!.data as Uint8Array
    for (let d = 1; d < dim; d++) {
      expect(Math.max(...Array.from({ length: count }, (_, row) => packed[row * dim + d]!))).toBe(255)
    }
    expect(packed[0]).toBe(0)
  })

  test('keep columns with negative values, as of networks whose last activation has them', () => {
    const features = Array.from({ length: count }, () =>
      Float32Array.of(random.normal(), -3, Math.abs(random.normal())),
    )
    const rows = features.map((row, image) => ({
      bottleneck: { features: row, logits: Float32Array.of(1, 2) },
      label: 0,
      image,
    }))
    const read = decodeRehearsalPack(encodeRehearsalPack(buildTable(rows, count, 3), '', {}), 'pack').table
    for (let d = 0; d < 3; d++) {
      const column = features.map((row) => row[d]!)
      const range = Math.max(...column, 0) - Math.min(...column, 0)
      const tolerance = range / 255 / 2 + 2 ** -9 * Math.max(...column.map(Math.abs))
      column.forEach((value, row) =>
        expect(Math.abs(float16ToFloat32(readRows(read.features, row, row + 1)[d]!) - value)).toBeLessThanOrEqual(
          tolerance,
        ),
      )
    }
  })

  test('take half the space of half floats', () => {
    const large = buildTable(
      Array.from({ length: 50 }, (_, image) => ({
        bottleneck: { features: new Float32Array(2000).fill(1), logits: Float32Array.of(1) },
        label: 0,
        image,
      })),
      50,
      2000,
    )
    expect(encodeRehearsalPack(large, '', {}).length).toBeLessThan(0.6 * 2 * large.count * large.dim)
  })

  test.each<[string, Uint8Array]>([
    ['damaged', bytes.subarray(0, 500)],
    ['something else', encodeTensors({ w: { dims: [1], data: Float32Array.of(1) } })],
    ['a table as bundles keep them', encodeTensors({ features: { dims: [1, 1], data: Uint16Array.of(1) } })],
    ['without all its columns', encodeTensors(without('oldBest'))],
    [
      'of scales that are no numbers',
      encodeTensors({ ...without(''), scale: { dims: [dim], data: new Float32Array(dim).fill(NaN) } }),
    ],
    [
      'of lowest values without end',
      encodeTensors({ ...without(''), lowest: { dims: [dim], data: new Float32Array(dim).fill(-Infinity) } }),
    ],
    [
      'of scores that are no numbers',
      encodeTensors({ ...without(''), oldScore: { dims: [count], data: new Float32Array(count).fill(NaN) } }),
    ],
  ])('name a file that is %s', (_, damaged) => {
    expect(() => decodeRehearsalPack(damaged, 'inception.safetensors')).toThrow(
      expect.objectContaining({ code: 'BAD_BUNDLE', message: expect.stringContaining('inception.safetensors') }),
    )
  })

  function without(name: string) {
    return Object.fromEntries(Object.entries(decodeTensors(bytes, 'pack').tensors).filter(([key]) => key !== name))
  }
})
