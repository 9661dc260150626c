import { describe, expect, test } from '@jest/globals'
import { buildTable } from '../../src/bottleneck/table.js'
import { decodeTensors, encodeTensors } from '../../src/bundle/safetensors.js'
import { decodeTable, encodeTable } from '../../src/bundle/table-file.js'
import { entryOf } from '../bottleneck/entries.js'

const table = buildTable(
  ['a', 'b', 'c'].map((key, i) => ({ bottleneck: entryOf(key, 5)[1], label: i - 1, image: i, mergedInto: i })),
  3,
  5,
)

describe('table files', () => {
  test('give the table back bit for bit', () => {
    expect(decodeTable(encodeTable(table), 'features.safetensors')).toEqual(table)
  })

  test('give back a table without rows', () => {
    const empty = buildTable([], 0, 5)
    expect(decodeTable(encodeTable(empty), 'features.safetensors')).toEqual(empty)
  })

  test('can be read by other programs: features as half floats, columns by name', () => {
    const { tensors, metadata } = decodeTensors(encodeTable(table, { increment: 'flowers' }), 'f')
    expect(metadata).toEqual({ increment: 'flowers' })
    expect(tensors['features']).toEqual({ dims: [3, 5], data: table.features })
    expect(tensors['oldScore']).toEqual({ dims: [3], data: table.oldScore })
    expect(tensors['label']).toEqual({ dims: [3], data: Int32Array.of(-1, 0, 1) })
  })

  test.each<[string, Uint8Array]>([
    ['damaged', encodeTable(table).subarray(0, 100)],
    ['of other tensors', encodeTensors({ w: { dims: [1], data: Float32Array.of(1) } })],
    [
      'without all its columns',
      encodeTensors(
        Object.fromEntries(
          Object.entries(decodeTensors(encodeTable(table), 'f').tensors).filter(([name]) => name !== 'oldTarget'),
        ),
      ),
    ],
    [
      'of columns of different length',
      encodeTensors({
        ...decodeTensors(encodeTable(table), 'f').tensors,
        label: { dims: [2], data: Int32Array.of(1, 2) },
      }),
    ],
  ])('name a file that is %s', (_, bytes) => {
    expect(() => decodeTable(bytes, 'features.safetensors')).toThrow(
      expect.objectContaining({ code: 'BAD_BUNDLE', message: expect.stringContaining('features.safetensors') }),
    )
  })
})
