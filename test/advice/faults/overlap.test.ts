import { expect, test } from '@jest/globals'
import { overlappingClasses } from '../../../src/advice/faults/overlap.js'
import { columnsOf } from '../../../src/bundle/columns.js'
import { emptyColumns, tableColumns } from '../../../src/features/columns.js'
import { memoryRows } from '../../../src/features/feature-rows.js'
import type { FeatureTable } from '../../../src/features/table.js'

const base = Array.from({ length: 120 }, (_, c) => ({
  label: `old ${c}`,
  names: [`old ${c}`, ...(c === 7 ? ['daisy'] : [])],
}))
const earlier = [{ name: 'first', classes: [{ folder: 'rose', label: 'rose', images: 4 }], features: '' }]

/** Images of columns with the base model's answers. */
function tableOf(rows: readonly (readonly [column: number, oldClass: number])[]): FeatureTable {
  const columns = emptyColumns(tableColumns, rows.length)
  rows.forEach(([column, oldClass], i) => {
    columns.label[i] = column
    columns.oldClass[i] = oldClass
    columns.image[i] = i
  })
  return { dim: 1, count: rows.length, features: memoryRows(new Uint16Array(rows.length), 1), ...columns }
}

test('classes are found by name and by what their images are taken for, copies counting once', () => {
  const classes = ['daisy', 'strange', 'new', 'rose'].map((name) => ({
    folder: name,
    label: name,
    files: [],
    grows: name === 'rose',
  }))
  const added = { name: 'second', classes: classes.map(({ folder, label }) => ({ folder, label, images: 4 })) }
  const columns = columnsOf([...earlier, added])
  expect(columns.map(({ label }) => label)).toEqual(['rose', 'daisy', 'strange', 'new'])
  // Of daisy's, one of four goes to old 7; three of four of strange's go to old 50, and new's to the rose.
  const rows: [number, number][] = [
    [1, 7],
    [1, 1],
    [1, 2],
    [1, 3],
    [2, 50],
    [2, 50],
    [2, 50],
    [2, 4],
    [2, 5],
    [3, 11],
    [3, 12],
    [3, 13],
    [0, 20],
  ]
  const firsts = [...rows.keys()].map((i) => (i === 8 ? 7 : i))
  const best = [1, 1, 1, 1, 2, 2, 2, 2, 2, 0, 0, 0, 0]
  const probabilities = Float32Array.from(best.flatMap((one) => [0, 1, 2, 3].map((c) => (c === one ? 0.7 : 0.1))))
  expect(overlappingClasses(classes, tableOf(rows), firsts, probabilities, { base, earlier, columns })).toEqual([
    { label: 'new', existing: 'rose', increment: 'first', byName: false, score: 1 },
    { label: 'rose', existing: 'rose', increment: 'first', byName: true, score: null },
    { label: 'strange', existing: 'old 50', increment: 'base', byName: false, score: 0.75 },
    { label: 'daisy', existing: 'old 7', increment: 'base', byName: true, score: 0.25 },
  ])
})
