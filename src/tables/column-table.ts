import { groupNearDuplicates } from '../features/near-duplicates.js'
import { isFirstOfImage, joinTables, pickRows, selectRows, type FeatureTable } from '../features/table.js'
import type { AddedColumn } from '../bundle/columns.js'
import type { IncrementFeatures } from '../bundle/parts.js'

/**
 * Joins the tables of several increments into one whose labels are columns. Where several increments bring images of
 * one class, near-duplicates are also looked for across increments, so that a repeated image counts once.
 *
 * @param columns the result of `columnsOf` for these increments, or for a superset of them
 */
export function columnTable(
  increments: readonly IncrementFeatures[],
  columns: readonly Pick<AddedColumn, 'label'>[],
): FeatureTable {
  const columnOf = new Map(columns.map(({ label }, column) => [label, column]))
  const sources = new Map<number, number>()
  const tables = increments.map(({ increment, table }) => {
    const columnOfPlace = increment.classes.map(({ label }) => columnOf.get(label)!)
    columnOfPlace.forEach((column) => sources.set(column, (sources.get(column) ?? 0) + 1))
    return { ...table, label: table.label.map((place) => columnOfPlace[place]!) }
  })
  const joined = joinTables(tables)
  if (![...sources.values()].some((count) => count > 1)) return joined
  const isGrown = (row: number) => sources.get(joined.label[row]!)! > 1
  const others = selectRows(joined, (row) => !isGrown(row))
  const incrementOfRow = tables.flatMap(({ count }, increment) => new Array<number>(count).fill(increment))
  const incrementOfGrown = incrementOfRow.filter((_, row) => isGrown(row))
  return byColumn(joinTables([others, groupNearDuplicates(selectRows(joined, isGrown), incrementOfGrown).table]))
}

/** Sorts rows by column. The order is that of images added all at once, so that training gives the same heads. */
function byColumn(table: FeatureTable): FeatureTable {
  const order = Array.from(table.label.keys()).sort((a, b) => table.label[a]! - table.label[b]! || a - b)
  const sorted = pickRows(table, order)
  let place = -1
  const image = sorted.image.map((_, row) => (isFirstOfImage(sorted, row) ? ++place : place))
  return { ...sorted, image }
}

/** Number of images per column of such a table; near-duplicates do not count. */
export function imagesOfColumns(table: FeatureTable): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  table.label.forEach((column, row) => {
    if (isFirstOfImage(table, row)) counts.set(column, (counts.get(column) ?? 0) + 1)
  })
  return counts
}

/** The increment without the classes at the given positions; an empty list where no class is left. */
export function withoutClasses(
  { increment, table }: IncrementFeatures,
  removed: ReadonlySet<number>,
): IncrementFeatures[] {
  const classes = increment.classes.filter((_, place) => !removed.has(place))
  if (classes.length === 0) return []
  const placeOf = new Map<number, number>()
  increment.classes.forEach((_, place) => {
    if (!removed.has(place)) placeOf.set(place, placeOf.size)
  })
  const selected = selectRows(table, (row) => placeOf.has(table.label[row]!))
  const relabelled: FeatureTable = { ...selected, label: selected.label.map((label) => placeOf.get(label)!) }
  return [{ increment: { ...increment, classes }, table: relabelled }]
}

/** The increment without the images of these numbers, and without classes that have none left; empty where all go. */
export function withoutImages(
  { increment, table }: IncrementFeatures,
  isGone: (image: number) => boolean,
): IncrementFeatures[] {
  const left = selectRows(table, (row) => !isGone(table.image[row]!))
  const images = imagesOfColumns(left)
  const classes = increment.classes.map((one, place) => ({ ...one, images: images.get(place) ?? 0 }))
  const empty = [...classes.keys()].filter((place) => classes[place]!.images === 0)
  return withoutClasses({ increment: { ...increment, classes }, table: left }, new Set(empty))
}
