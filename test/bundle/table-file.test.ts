import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { memoryWriter, readRows } from '../../src/features/feature-rows.js'
import { buildTable, pickRows, type FeatureTable } from '../../src/features/table.js'
import { decodeTensors, encodeTensors } from '../../src/bundle/seals/sealed-tensors.js'
import { openTable, tableChunks } from '../../src/bundle/table-file.js'
import { plainTable } from '../support/plain-table.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { entryOf } from '../features/entries.js'

const table = buildTable(
  ['a', 'b', 'c'].map((key, i) => ({ bottleneck: entryOf(key, 5)[1], label: i - 1, image: i, mergedInto: i })),
  3,
  5,
)

const place = temporaryFolder()
const encode = (one: FeatureTable) => Buffer.concat([...tableChunks(one)])

const { tensors } = decodeTensors(encode(table), 'f')

/** The file with one value of a tensor replaced. */
function changed(name: string, value: Uint16Array | Float32Array | Int32Array, at: number): Uint8Array {
  const { dims, data } = tensors[name]!
  const other = data.slice()
  other.set(value, at)
  return encodeTensors({ ...tensors, [name]: { dims, data: other } })
}

/** Opens these bytes as a file. */
function open(bytes: Uint8Array): FeatureTable {
  const path = join(place(), 'features.safetensors')
  writeFileSync(path, bytes)
  return openTable(path)
}

describe('table files', () => {
  test('give the table back bit for bit', () => {
    expect(plainTable(open(encode(table)))).toEqual(plainTable(table))
  })

  test('hold further layers where the table has them, as many rows as of features', () => {
    const entry = entryOf('d', 7)[1]
    const rows = [0, 1].map((image) => ({ bottleneck: entry, label: 0, image }))
    const both = buildTable(rows, 2, 5, undefined, memoryWriter(2, 2))
    const read = open(encode(both))
    expect([...readRows(read.further!, 0, 2)]).toEqual([...readRows(both.further!, 0, 2)])
    const { tensors: whole } = decodeTensors(encode(both), 'f')
    const further = { dims: [1, 2], data: (whole['further']!.data as Uint16Array).slice(0, 2) }
    expect(() => open(encodeTensors({ ...whole, further }))).toThrow('is not a feature table')
    expect(() => openTable(join(place(), 'features.safetensors'), { furtherDim: 3 })).toThrow('is not a feature table')
  })

  describe('hold the spread of the old logits', () => {
    const logits = (of: number) => Float32Array.from({ length: 41 }, (_, i) => of * i)
    const spread = (of: number) => ({ bottleneck: { features: Float32Array.of(of), logits: logits(of) }, label: 0 })
    const many = buildTable(
      [1, 2].map((of, image) => ({ ...spread(of), image })),
      2,
      1,
    )
    const file = decodeTensors(encode(many), 'f').tensors

    test('where there are enough of them', () => {
      const { oldMedian, oldDeviation } = open(encode(many))
      expect([...oldMedian]).toEqual([20, 40])
      expect([...oldDeviation].map((one) => one.toFixed(5))).toEqual(['13.60000', '27.20000'])
      expect(Object.keys(tensors)).not.toContain('oldMedian')
    })

    test('and are read without it where an earlier version wrote them', () => {
      const { oldMedian: _, oldDeviation: __, ...earlier } = file
      const opened = open(encodeTensors(earlier))
      expect([...opened.oldMedian, ...opened.oldDeviation]).toEqual([NaN, NaN, NaN, NaN])
      expect([...opened.oldBest]).toEqual([40, 80])
      expect(Object.keys(decodeTensors(encode(opened), 'f').tensors)).not.toContain('oldDeviation')
    })

    test.each([
      ['that is no number', 'oldMedian', NaN],
      ['below nothing', 'oldDeviation', -1],
    ])('but none %s', (_, name, value) => {
      const { dims, data } = file[name]!
      const wrong = data.map(() => value) as Float32Array
      expect(() => open(encodeTensors({ ...file, [name]: { dims, data: wrong } }))).toThrow(
        expect.objectContaining({ code: 'BAD_BUNDLE' }),
      )
    })
  })

  test('are read when rows are asked for, and never held', () => {
    const opened = open(encode(table))
    const bytes = readFileSync(join(place(), 'features.safetensors'))
    bytes.fill(0, bytes.length - 2 * 5)
    writeFileSync(join(place(), 'features.safetensors'), bytes)
    const { features } = plainTable(pickRows(opened, [2, 0]))
    expect([...features]).toEqual([0, 0, 0, 0, 0, ...plainTable(table).features.subarray(0, 5)])
  })

  test('are written block by block', () => {
    const wide = buildTable(
      [0, 1, 2].map((image) => ({
        bottleneck: { features: new Float32Array(2 ** 20).fill(image), logits: Float32Array.of(1) },
        label: 0,
        image,
      })),
      3,
      2 ** 20,
    )
    expect(Math.max(...[...tableChunks(wide)].map(({ length }) => length))).toBe(2 * 2 * 2 ** 20)
    expect(plainTable(open(encode(wide))).features).toEqual(plainTable(wide).features)
  })

  test('give back a table without rows', () => {
    const empty = buildTable([], 0, 5)
    expect(plainTable(open(encode(empty)))).toEqual(plainTable(empty))
  })

  test('must fit to what they belong to', () => {
    writeFileSync(join(place(), 'fitting'), encode(table))
    const path = join(place(), 'fitting')
    expect(openTable(path, { dim: 5, classes: 2 }).count).toBe(3)
    for (const other of [{ dim: 6 }, { classes: 1 }]) {
      expect(() => openTable(path, other)).toThrow(expect.objectContaining({ code: 'BAD_BUNDLE' }))
    }
  })

  test('can be read by other programs: features as half floats, columns by name', () => {
    const { tensors } = decodeTensors(encode(table), 'f')
    expect(tensors['features']).toEqual({ dims: [3, 5], data: plainTable(table).features })
    expect(tensors['oldScore']).toEqual({ dims: [3], data: table.oldLogSumExp })
    expect(tensors['label']).toEqual({ dims: [3], data: Int32Array.of(-1, 0, 1) })
  })

  test.each<[string, Uint8Array]>([
    ['damaged', encode(table).subarray(0, 100)],
    ['cut off within the features', encode(table).subarray(0, -3)],
    ['of other tensors', encodeTensors({ w: { dims: [1], data: Float32Array.of(1) } })],
    [
      'without all its columns',
      encodeTensors(
        Object.fromEntries(
          Object.entries(decodeTensors(encode(table), 'f').tensors).filter(([name]) => name !== 'oldTarget'),
        ),
      ),
    ],
    [
      'of columns of different length',
      encodeTensors({
        ...decodeTensors(encode(table), 'f').tensors,
        label: { dims: [2], data: Int32Array.of(1, 2) },
      }),
    ],
    ['of features that are no numbers', changed('features', Uint16Array.of(0x7e00), 7)],
    ['of features without end', changed('features', Uint16Array.of(0xfc00), 0)],
    ['of scores that are no numbers', changed('oldScore', Float32Array.of(NaN), 1)],
    ['of logits without end', changed('oldBest', Float32Array.of(-Infinity), 2)],
    ['of labels below all', changed('label', Int32Array.of(-2), 0)],
    ['of images that are not in order', changed('image', Int32Array.of(7), 0)],
    ['of columns of another type', encodeTensors({ ...tensors, label: { dims: [3], data: Float32Array.of(0, 0, 0) } })],
    [
      'of a column with two dimensions',
      encodeTensors({ ...tensors, label: { dims: [3, 1], data: Int32Array.of(0, 0, 0) } }),
    ],
  ])('name a file that is %s', (_, bytes) => {
    expect(() => open(bytes)).toThrow(
      expect.objectContaining({ code: 'BAD_BUNDLE', message: expect.stringContaining('features.safetensors') }),
    )
  })
})
