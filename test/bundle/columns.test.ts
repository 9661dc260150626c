import { describe, expect, test } from '@jest/globals'
import { columnsByIncrement, columnsOf } from '../../src/bundle/columns.js'

const named = (...labels: readonly string[]) => ({
  classes: labels.map((label) => ({ folder: label, label, images: 1 })),
})
const merged = { folder: 'daisies', label: 'daisy', mergedInto: 985, images: 1 }

describe('columnsOf', () => {
  test('gives every class a column, in the order of the increments', () => {
    expect(columnsOf([named('rose', 'tulip'), named('wren')]).map(({ label }) => label)).toEqual([
      'rose',
      'tulip',
      'wren',
    ])
  })

  test('a class that grew keeps its column, and knows where its pictures are', () => {
    const columns = columnsOf([named('rose'), named('wren', 'rose')])
    expect(columns).toEqual([
      {
        label: 'rose',
        increment: 0,
        sources: [
          { increment: 0, place: 0 },
          { increment: 1, place: 1 },
        ],
      },
      { label: 'wren', increment: 1, sources: [{ increment: 1, place: 0 }] },
    ])
  })

  test('an old class that two increments merge into is one column', () => {
    const columns = columnsOf([{ classes: [merged] }, { classes: [merged] }])
    expect(columns).toHaveLength(1)
    expect(columns[0]).toMatchObject({ label: 'daisy', mergedInto: 985, increment: 0 })
  })

  test('an increment that only made classes grow has none', () => {
    expect(columnsByIncrement([named('rose'), named('rose')]).map((columns) => columns.length)).toEqual([1, 0])
  })
})
