import { expect, test } from '@jest/globals'
import { pickRows } from '../../src/head/pick-rows.js'
import { randomSet } from './random-set.js'

test('pickRows takes rows in the order asked for, every column of them', () => {
  const set = randomSet({ classes: 2, dim: 3, images: 4, views: 2, old: 3, merged: true })
  const rows = [9, 0, 21, 4]
  expect(pickRows(set, rows)).toEqual({
    classes: 2,
    oldScore: Float32Array.from(rows, (row) => set.oldScore[row]!),
    oldTarget: Float32Array.from(rows, (row) => set.oldTarget[row]!),
    target: Int32Array.from(rows, (row) => set.target[row]!),
    image: Int32Array.from(rows, (row) => set.image[row]!),
  })
})
