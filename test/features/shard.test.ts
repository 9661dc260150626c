import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { filesOfShard } from '../../src/features/shard.js'

const names = Array.from({ length: 1000 }, (_, i) => join(`class-${i % 7}`, `${i}.jpg`))
const below = (folder: string) => names.map((name) => join(folder, name))

test.each([1, 2, 3, 16])('%i parts are disjoint, complete and of about one size', (count) => {
  const files = below('photos')
  const parts = Array.from({ length: count }, (_, i) => filesOfShard('photos', files, { index: i + 1, count }))
  expect(parts.flat().sort()).toEqual([...files].sort())
  // Five standard deviations of a fair draw.
  const spread = 5 * Math.sqrt((1000 / count) * (1 - 1 / count))
  for (const part of parts) expect(Math.abs(part.length - 1000 / count)).toBeLessThanOrEqual(spread)
})

test("a file's part depends neither on where the folder is nor on the other files", () => {
  const shard = { index: 2, count: 5 }
  const here = filesOfShard('photos', below('photos'), shard)
  const there = filesOfShard('/data/photos/', below('/data/photos'), shard)
  expect(there.map((file) => file.replace('/data/', ''))).toEqual(here)
  expect(filesOfShard('photos', below('photos').slice(300), shard)).toEqual(
    here.filter((file) => below('photos').indexOf(file) >= 300),
  )
})

test.each([
  [0, 4],
  [5, 4],
  [1.5, 4],
  [1, 0],
])('there is no part %d of %d', (index, count) => {
  expect(() => filesOfShard('photos', [], { index, count })).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('count parts from 1') }),
  )
})
