import { describe, expect, test } from '@jest/globals'
import { columnsOf } from '../../src/bundle/columns.js'
import { columnTable, imagesOfColumns } from '../../src/tables/column-table.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { joinTables } from '../../src/features/table.js'
import { featuresOf, imagesOf } from '../support/tiny-world.js'

function incrementOf(
  name: string,
  labels: readonly string[],
  seed: string,
  directions: readonly number[],
): IncrementFeatures {
  const classes = labels.map((label) => ({ folder: label, label, images: 20 }))
  return { increment: { name, classes }, table: imagesOf({ directions, seed }) }
}

function tableOf(...increments: readonly IncrementFeatures[]) {
  return columnTable(increments, columnsOf(increments.map(({ increment }) => increment)))
}

const flowers = incrementOf('flowers', ['rose', 'tulip'], 'flowers', [3, 4])
const birds = incrementOf('birds', ['wren'], 'birds', [5])
const more = incrementOf('more', ['iris', 'rose'], 'more', [6, 3])

describe('columnTable', () => {
  test('counts columns on from increment to increment, and keeps images apart', () => {
    const { label, image, features } = tableOf(flowers, birds)
    expect(new Set(label.subarray(0, 40))).toEqual(new Set([0, 1]))
    expect(new Set(label.subarray(40))).toEqual(new Set([2]))
    expect(new Set(image).size).toBe(60)
    expect(features.count).toBe(60)
  })

  test('puts the pictures of a class that grew into the column it has', () => {
    const table = tableOf(flowers, birds, more)
    expect(imagesOfColumns(table)).toEqual(
      new Map([
        [0, 40],
        [1, 20],
        [2, 20],
        [3, 20],
      ]),
    )
    expect(new Set(table.image).size).toBe(100)
    const roses = featuresOf(table).filter((_, row) => table.label[row] === 0)
    const given = [flowers.table, more.table].flatMap((one, i) =>
      featuresOf(one).filter((_, row) => one.label[row] === i),
    )
    expect(new Set(roses.map(String))).toEqual(new Set(given.map(String)))
  })

  test('counts the same pictures given again once, as further views of themselves', () => {
    const again = { ...flowers, increment: { ...flowers.increment, name: 'again' } }
    const table = tableOf(flowers, again)
    expect(table.count).toBe(80)
    expect(imagesOfColumns(table)).toEqual(imagesOfColumns(joinTables([flowers.table])))
  })

  test('counts the same pictures once in a class of two as well', () => {
    const few = { ...flowers, table: imagesOf({ directions: [3, 4], images: 2, seed: 'few' }) }
    expect(imagesOfColumns(tableOf(few, few, few))).toEqual(imagesOfColumns(few.table))
  })
})
