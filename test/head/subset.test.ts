import { expect, test } from '@jest/globals'
import { subset } from '../../src/head/subset.js'
import { featureRows, randomSet } from './random-set.js'

test('subset takes rows in the order asked for, every column of them, and copies', async () => {
  const set = randomSet({ classes: 2, dim: 3, images: 4, views: 2, old: 3, merged: true })
  const rows = [9, 0, 21, 4]
  const part = await subset(set, rows)
  const all = await featureRows(set)
  expect(await featureRows(part)).toEqual(rows.map((row) => all[row]))
  expect([...(await part.features.read(1, 3))]).toEqual([...all[0]!, ...all[21]!])
  expect(part).toMatchObject({
    rows,
    classes: 2,
    oldScore: Float32Array.from(rows, (row) => set.oldScore[row]!),
    oldTarget: Float32Array.from(rows, (row) => set.oldTarget[row]!),
    target: Int32Array.from(rows, (row) => set.target[row]!),
    image: Int32Array.from(rows, (row) => set.image[row]!),
  })
  ;(part.features.read(0, 4) as Float32Array).fill(0)
  expect(await featureRows(set)).toEqual(all)
})
