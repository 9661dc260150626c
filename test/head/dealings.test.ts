import { expect, test } from '@jest/globals'
import { rowsToDeal } from '../../src/head/dealings.js'
import { joinTables } from '../../src/features/table.js'
import { buildTrainingSet } from '../../src/head/training-set.js'
import { imagesOf } from '../support/tiny-world.js'

const added = imagesOf({ directions: [3], images: 100, seed: 'added' })

test('of very many images, those of base classes come before those of frozen ones', () => {
  const rehearsal = imagesOf({ directions: [0, 1, 2, 4, 5, 6], images: 1000, seed: 'old' })
  const set = buildTrainingSet({ added, classes: 1, rehearsal, baseClasses: 1 })
  const rows = rowsToDeal(set, 0)
  const labelled = (isWanted: (label: number) => boolean) =>
    rows.filter((row) => set.target[row]! < 0 && isWanted(set.label[row]!)).length
  expect(rows).toHaveLength(100 + 2000)
  expect(labelled((label) => label === 0)).toBe(1000)
  expect(labelled((label) => label > 0)).toBe(1000)
  expect(rows).toEqual([...rows].sort((a, b) => a - b))

  const all = rowsToDeal({ ...set, baseClasses: undefined }, 0)
  const share = all.filter((row) => set.target[row]! < 0 && set.label[row] === 0).length / 2000
  // A sixth, with a standard deviation of .008.
  expect(Math.abs(share - 1 / 6)).toBeLessThan(0.035)
})

test('of very many images, a small class keeps its share, and at least one', () => {
  const counts = [3000, 3000, 5, 1]
  const tables = counts.map((images, label) => {
    const table = imagesOf({ directions: [3], images, seed: `class ${label}` })
    return { ...table, label: table.label.fill(label) }
  })
  const set = buildTrainingSet({ added: joinTables(tables), classes: 4, rehearsal: undefined })
  const rows = rowsToDeal(set, 0)
  const drawn = counts.map((_, label) => rows.filter((row) => set.target[row] === label).length)
  expect(drawn.reduce((sum, one) => sum + one)).toBe(4000)
  expect(drawn.slice(2)).toEqual([3, 1])
})

test('of few images, all are taken', () => {
  const rehearsal = imagesOf({ directions: [0, 1], images: 10, seed: 'few' })
  expect(rowsToDeal(buildTrainingSet({ added, classes: 1, rehearsal }), 0)).toHaveLength(120)
})
