import { expect, test } from '@jest/globals'
import { columnsOf } from '../../src/bundle/columns.js'
import { besideMerged, mergedColumns } from '../../src/tables/merged-columns.js'
import { imagesOf } from '../support/tiny-world.js'

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

test('old images of a merged class are left out, those without a label by the answer of the base model', () => {
  const labelled = imagesOf({ directions: [0, 1, 2], images: 4, noise: 0.1, seed: 'old' })
  const old = { ...labelled, label: labelled.label.map((label, row) => (row < 6 ? label : -1)) }
  const left = besideMerged(old, new Map([[0, 1]]))
  expect(left.count).toBe(8)
  expect([...left.oldClass].sort()).toEqual([0, 0, 0, 0, 2, 2, 2, 2])
  expect(besideMerged(old, new Map())).toBe(old)
})
