import { createHash } from 'node:crypto'
import { readRows } from '../features/feature-rows.js'
import { selectRows, type FeatureTable } from '../features/table.js'
import { columnsOf } from '../bundle/columns.js'
import { imagesOfColumns, withoutClasses } from './column-table.js'
import type { IncrementFeatures } from '../bundle/parts.js'

/**
 * Leaves out the pictures that their class has already: an increment holds what it brought, so that taking it out again
 * takes out just that, and a folder that is given every day does not make the bundle grow.
 *
 * @returns `fresh`: none where all pictures are known; `known`: how many of them are
 */
export function withoutKnown(
  kept: readonly IncrementFeatures[],
  given: IncrementFeatures,
): { readonly fresh: IncrementFeatures[]; readonly known: number } {
  const increments = [...kept, given]
  const knownOf = new Map<number, Set<string>>()
  for (const { sources } of columnsOf(increments.map(({ increment }) => increment))) {
    const last = sources.at(-1)!
    if (last.increment !== kept.length || sources.length === 1) continue
    const digests = sources.slice(0, -1).flatMap(({ increment, place }) => {
      const { table } = kept[increment]!
      return Array.from(table.label.keys())
        .filter((row) => table.label[row] === place)
        .map((row) => digestOf(table, row))
    })
    knownOf.set(last.place, new Set(digests))
  }
  const { increment, table } = given
  const knownImages = new Set<number>()
  table.image.forEach((image, row) => {
    const isPlain = row === 0 || image !== table.image[row - 1]
    if (isPlain && knownOf.get(table.label[row]!)?.has(digestOf(table, row))) knownImages.add(image)
  })
  if (knownImages.size === 0) return { fresh: [given], known: 0 }
  const left = selectRows(table, (row) => !knownImages.has(table.image[row]!))
  const images = imagesOfColumns(left)
  const classes = increment.classes.map((one, place) => ({ ...one, images: images.get(place) ?? 0 }))
  const empty = [...classes.keys()].filter((place) => classes[place]!.images === 0)
  const fresh = withoutClasses({ increment: { ...increment, classes }, table: left }, new Set(empty))
  return { fresh, known: knownImages.size }
}

/** The same picture has the same features, bit for bit. */
function digestOf({ features }: FeatureTable, row: number): string {
  return createHash('sha256')
    .update(readRows(features, row, row + 1))
    .digest('base64')
}
