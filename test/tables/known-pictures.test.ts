import { describe, expect, test } from '@jest/globals'
import { joinTables, pickRows } from '../../src/features/table.js'
import { columnsOf } from '../../src/bundle/columns.js'
import { columnTable, imagesOfColumns } from '../../src/tables/column-table.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { keptBeside, withoutKnown } from '../../src/tables/known-pictures.js'
import { featuresOf, imagesOf } from '../support/tiny-world.js'

function incrementOf(name: string, labels: readonly string[], table: IncrementFeatures['table']): IncrementFeatures {
  const counts = imagesOfColumns(table)
  const classes = labels.map((label, place) => ({ folder: label, label, images: counts.get(place)! }))
  return { increment: { name, classes }, table }
}

// Of so few pictures near-duplicates are not looked for.
const roses = imagesOf({ directions: [3], images: 2, seed: 'roses' })
const photos = incrementOf('photos', ['roses'], roses)
const others = imagesOf({ directions: [3], images: 3, seed: 'others' })

describe('withoutKnown', () => {
  test('leaves nothing of pictures that their class has already', () => {
    expect(withoutKnown([photos], incrementOf('again', ['roses'], roses))).toEqual({ fresh: [], known: 2 })
  })

  test('leaves just what is new, and classes that bring something', () => {
    const tulips = imagesOf({ directions: [4], images: 3, seed: 'tulips' })
    const given = joinTables([roses, others, { ...tulips, label: tulips.label.map(() => 1) }])
    const { fresh, known } = withoutKnown([photos], incrementOf('more', ['roses', 'tulips'], given))
    expect(known).toBe(2)
    expect(fresh.map(({ increment }) => increment.classes)).toEqual([
      [
        { folder: 'roses', label: 'roses', images: 3 },
        { folder: 'tulips', label: 'tulips', images: 3 },
      ],
    ])
    expect(featuresOf(fresh[0]!.table)).toEqual([...featuresOf(others), ...featuresOf(tulips)])
    const increments = [photos, ...fresh]
    const table = columnTable(increments, columnsOf(increments.map(({ increment }) => increment)))
    expect(imagesOfColumns(table)).toEqual(
      new Map([
        [0, 5],
        [1, 3],
      ]),
    )

    const unchanged = joinTables([roses, { ...tulips, label: tulips.label.map(() => 1) }])
    const [left] = withoutKnown([photos], incrementOf('more', ['roses', 'tulips'], unchanged)).fresh
    expect(left!.increment.classes).toEqual([{ folder: 'tulips', label: 'tulips', images: 3 }])
    expect(new Set(left!.table.label)).toEqual(new Set([0]))
  })

  test('takes a picture with all its views', () => {
    const sorted = { ...pickRows(joinTables([roses, others]), [0, 2, 1, 3]), image: Int32Array.of(0, 0, 1, 1) }
    expect(withoutKnown([photos], incrementOf('again', ['roses'], sorted))).toEqual({ fresh: [], known: 2 })
  })

  test('keeps pictures of other classes, and what another class has', () => {
    const given = incrementOf('more', ['tulips'], roses)
    expect(withoutKnown([photos], given)).toEqual({ fresh: [given], known: 0 })
    const apart = incrementOf('more', ['roses (more)'], roses)
    expect(withoutKnown([photos], apart)).toEqual({ fresh: [apart], known: 0 })
    expect(withoutKnown([], photos)).toEqual({ fresh: [photos], known: 0 })
  })
})

describe('keptBeside', () => {
  const tulips = imagesOf({ directions: [4], images: 3, seed: 'tulips' })
  const labelled = (table: typeof roses, column: number) => ({ ...table, label: table.label.map(() => column) })

  test('leaves out the pictures that are there again, in whichever of the folder’s classes', () => {
    const kept = joinTables([roses, labelled(tulips, 1)])
    const added = joinTables([labelled(pickRows(tulips, [1]), 0), labelled(pickRows(others, [0]), 1)])
    const left = keptBeside(kept, added)!
    expect(featuresOf(left)).toEqual([...featuresOf(roses), ...featuresOf(pickRows(tulips, [0, 2]))])
    expect(Array.from(left.label)).toEqual([0, 0, 1, 1])
    expect(keptBeside(roses, joinTables([others, roses]))).toBeUndefined()
  })

  test('takes a picture with all its views and copies, and keeps classes that the folder does not have', () => {
    const copies = { ...tulips, image: Int32Array.of(0, 0, 1) }
    expect(featuresOf(keptBeside(copies, pickRows(tulips, [1]))!)).toEqual(featuresOf(pickRows(tulips, [2])))
    expect(keptBeside(roses, labelled(roses, 1))).toEqual(roses)
  })
})
