import { expect, test } from '@jest/globals'
import { plainRows } from '../../src/head/dealings.js'
import { buildTrainingSet } from '../../src/head/training-set.js'
import { imagesOf } from '../support/tiny-world.js'

const added = imagesOf({ directions: [3], images: 100, seed: 'added' })

test('of very many images, those of base classes come before those of frozen ones', () => {
  const rehearsal = imagesOf({ directions: [0, 1, 2, 4, 5, 6], images: 1000, seed: 'old' })
  const set = buildTrainingSet({ added, classes: 1, rehearsal, baseClasses: 1 })
  const rows = plainRows(set, 0)
  const labelled = (isWanted: (label: number) => boolean) =>
    rows.filter((row) => set.target[row]! < 0 && isWanted(set.label[row]!)).length
  expect(rows).toHaveLength(100 + 2000)
  expect(labelled((label) => label === 0)).toBe(1000)
  expect(labelled((label) => label > 0)).toBe(1000)
  expect(rows).toEqual([...rows].sort((a, b) => a - b))

  const all = plainRows({ ...set, baseClasses: undefined }, 0)
  const share = all.filter((row) => set.target[row]! < 0 && set.label[row] === 0).length / 2000
  // A sixth, with a standard deviation of .008.
  expect(Math.abs(share - 1 / 6)).toBeLessThan(0.035)
})

test('of few images, all are taken', () => {
  const rehearsal = imagesOf({ directions: [0, 1], images: 10, seed: 'few' })
  expect(plainRows(buildTrainingSet({ added, classes: 1, rehearsal }), 0)).toHaveLength(120)
})
