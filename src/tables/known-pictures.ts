import { createHash } from 'node:crypto'
import { readRows, type FeatureRows } from '../features/feature-rows.js'
import { isFirstOfImage, selectRows, type FeatureTable } from '../features/table.js'
import { withoutImages } from './column-table.js'
import type { IncrementFeatures } from '../bundle/parts.js'

/**
 * Leaves out images that their class already has. An increment then holds only what it brought: removing it removes
 * just that, and adding the same folder every day does not make the bundle grow.
 *
 * @returns `fresh`: the increment without known images, or an empty list if none is left; `known`: how many were left
 * out
 */
export function withoutKnown(
  kept: readonly IncrementFeatures[],
  added: IncrementFeatures,
): { readonly fresh: IncrementFeatures[]; readonly known: number } {
  const known = knownImages(kept, added)
  if (known.size === 0) return { fresh: [added], known: 0 }
  return { fresh: withoutImages(added, (image) => known.has(image)), known: known.size }
}

/** The images of an increment that their class has already. */
export function knownImages(
  kept: readonly IncrementFeatures[],
  { increment, table }: Pick<IncrementFeatures, 'increment' | 'table'>,
): ReadonlySet<number> {
  const knownOf = knownDigests(kept, increment.classes)
  const known = new Set<number>()
  table.image.forEach((image, row) => {
    if (!isFirstOfImage(table, row)) return
    if (knownOf[table.label[row]!]?.has(digestOf(table.features, row))) known.add(image)
  })
  return known
}

/**
 * Leaves images out of what was kept of earlier increments that a folder holds too, in classes that it has: what the
 * folder says of them is newer. A class that the folder does not have keeps its images, whatever they are called there.
 *
 * @param kept labels are columns
 * @param added the plain views of the folder's images, with the same columns
 * @returns `undefined` where none is left
 */
export function keptBeside(kept: FeatureTable, added: FeatureTable): FeatureTable | undefined {
  const columns = new Set(added.label)
  const digests = new Set(Array.from({ length: added.count }, (_, row) => digestOf(added.features, row)))
  const known = new Set<number>()
  // An image may have several files that are near-duplicates, so every row counts.
  kept.image.forEach((image, row) => {
    if (columns.has(kept.label[row]!) && digests.has(digestOf(kept.features, row))) known.add(image)
  })
  const left = selectRows(kept, (row) => !known.has(kept.image[row]!))
  return left.count === 0 ? undefined : left
}

/** [classes] digests of the pictures that each class has already; `undefined` where it has none. */
export function knownDigests(
  kept: readonly IncrementFeatures[],
  classes: readonly { readonly label: string }[],
): (ReadonlySet<string> | undefined)[] {
  const digests = classes.map(() => new Set<string>())
  const classOf = new Map(classes.map(({ label }, i) => [label, digests[i]!]))
  for (const { increment, table } of kept) {
    const ofPlace = increment.classes.map(({ label }) => classOf.get(label))
    table.label.forEach((place, row) => ofPlace[place]?.add(digestOf(table.features, row)))
  }
  return digests.map((own) => (own.size === 0 ? undefined : own))
}

/** Equal images have bit-identical features. */
export function digestOf(features: FeatureRows, row: number): string {
  return digestOfRow(readRows(features, row, row + 1))
}

/** The same of a row before it is in a table. */
export function digestOfRow(row: Uint16Array): string {
  return createHash('sha256').update(row).digest('base64')
}
