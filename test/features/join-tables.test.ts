import { expect, test } from '@jest/globals'
import { plainTable } from '../support/plain-table.js'
import { joinTables } from '../../src/features/join-tables.js'
import { buildTable, pickRows, type FeatureTable, type Row } from '../../src/features/table.js'
import { entryOf } from './entries.js'

/** Rows of the given images, made up from the key; every second one is merged with old class 1. */
function tableOf(key: string, images: readonly number[]): FeatureTable {
  const rows = images.map((image, i): Row => {
    const [, bottleneck] = entryOf(`${key}:${i}`, 3, 4)
    return { bottleneck, label: i % 2, image, mergedInto: i % 2 === 1 ? 1 : undefined }
  })
  return buildTable(rows, rows.length, 3)
}

test('lines the rows of all tables up, column by column, and counts images on', () => {
  const tables = [tableOf('a', [0, 0, 1]), tableOf('b', []), tableOf('c', [0]), tableOf('d', [0, 1, 1, 2])]
  const joined = joinTables(tables)
  expect([joined.count, joined.dim]).toEqual([8, 3])
  expect([...joined.image]).toEqual([0, 0, 1, 2, 3, 4, 4, 5])
  let first = 0
  for (const table of tables) {
    const part = pickRows(
      joined,
      Array.from({ length: table.count }, (_, i) => first + i),
    )
    expect({ ...plainTable(part), image: table.image }).toEqual(plainTable(table))
    first += table.count
  }
})

test('gives one table back as it is, and an empty one for none', () => {
  const table = tableOf('a', [0, 1])
  expect(joinTables([table])).toBe(table)
  expect(plainTable(joinTables([]))).toMatchObject({ count: 0, features: new Uint16Array(0), label: new Int32Array(0) })
})
