import { expect, test } from '@jest/globals'
import { columnsOf } from '../../src/bundle/columns.js'
import { mergedColumns } from '../../src/training/merged-columns.js'

test('mergedColumns counts columns over all increments', () => {
  const one = { classes: [{ label: 'a' }, { label: 'b', mergedInto: 2 }] }
  const two = { classes: [{ label: 'c', mergedInto: 0 }] }
  expect(mergedColumns(columnsOf([one, two]))).toEqual(
    new Map([
      [1, 2],
      [2, 0],
    ]),
  )
})
