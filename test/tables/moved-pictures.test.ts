import { expect, test } from '@jest/globals'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { joinTables, pickRows } from '../../src/features/table.js'
import { imagesOfColumns } from '../../src/tables/column-table.js'
import { warnOfMoved, withoutMoved } from '../../src/tables/moved-pictures.js'
import { featuresOf, imagesOf } from '../support/tiny-world.js'

function incrementOf(name: string, labels: readonly string[], table: IncrementFeatures['table']): IncrementFeatures {
  const counts = imagesOfColumns(table)
  const classes = labels.map((label, place) => ({ folder: label, label, images: counts.get(place)! }))
  return { increment: { name, classes }, table }
}

const tables = ['roses', 'tulips'].map((seed, place) => {
  const table = imagesOf({ directions: [3 + place], images: 3, seed })
  return { ...table, label: table.label.map(() => place) }
})
const [roses, tulips] = tables as [IncrementFeatures['table'], IncrementFeatures['table']]
const first = incrementOf('first', ['roses', 'tulips'], joinTables([roses, tulips]))
const labelled = (table: typeof roses, place: number) => ({ ...table, label: table.label.map(() => place) })
const allIn = (label: string) => incrementOf('more', [label], labelled(joinTables([roses, tulips]), 0))

test('a picture that lies in another class of the folder now is taken out of its earlier one', () => {
  const now = joinTables([roses, labelled(pickRows(tulips, [1]), 0), pickRows(tulips, [0, 2])])
  const { kept, from, stuck } = withoutMoved([first], incrementOf('more', ['roses', 'tulips'], now), 0)
  expect([from, stuck]).toEqual([['tulips'], []])
  expect(kept[0]!.increment.classes.map(({ images }) => images)).toEqual([3, 2])
  expect(featuresOf(kept[0]!.table)).toEqual([...featuresOf(roses), ...featuresOf(pickRows(tulips, [0, 2]))])
})

test('a class that the folder does not have keeps its pictures, whatever they are called there', () => {
  const moved = withoutMoved([first], allIn('roses (more)'), 0)
  expect(moved).toEqual({ kept: [first], from: [], stuck: [] })
  // Tulips are none of the folder's classes, though all of them lie among its roses.
  expect(withoutMoved([first], allIn('roses'), 0).kept).toEqual([first])
})

test('an increment, or a class of it, goes where nothing is left of it; a frozen one stays', () => {
  const grown = incrementOf('grown', ['tulips'], labelled(pickRows(tulips, [2]), 0))
  const now = joinTables([labelled(pickRows(tulips, [2]), 0), pickRows(tulips, [0, 1])])
  const given = incrementOf('more', ['roses', 'tulips'], now)
  expect(withoutMoved([first, grown], given, 0).kept.map(({ increment }) => increment.name)).toEqual(['first'])
  expect(withoutMoved([first, grown], given, 2)).toEqual({
    kept: [first, grown],
    from: [],
    stuck: ['tulips', 'tulips'],
  })
})

test('what was moved, and what could not be, is told', () => {
  const warnings: string[] = []
  const warn = (code: string, message: string) => warnings.push(`${code}: ${message}`)
  warnOfMoved({ from: ['tulips'], stuck: [] }, warn)
  warnOfMoved({ from: ['tulips', 'roses', 'tulips'], stuck: ['tulips'] }, warn)
  expect(warnings).toEqual([
    'MOVED: A picture of "tulips" lies in another class now and was moved there.',
    'MOVED: 3 pictures of "tulips" and "roses" lie in other classes now and were moved there.',
    'CONTRADICTION: A picture of "tulips" lies in another class now and counts for both, as what was added earlier is frozen.',
  ])
})
