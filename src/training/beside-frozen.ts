import type { AddedColumn } from '../bundle/columns.js'
import { joinTables, type FeatureTable } from '../features/table.js'
import { withFrozenHead } from '../head/freeze.js'
import type { Scorer } from '../head/added-head.js'

/** Added columns that are frozen, not trained again. */
export interface FrozenColumns {
  readonly head: Scorer
  readonly columns: readonly AddedColumn[]
  /** The images they were trained on; labels are columns. */
  readonly images: FeatureTable
}

/** The images to train on: new ones, whose labels are the columns to train, and old ones. */
export interface NewAndOld {
  readonly added: FeatureTable
  readonly old: FeatureTable
}

/**
 * Prepares new and old images for training beside frozen heads. Frozen columns act as old classes: their logits join
 * the old logits, and their images are rehearsed as old images.
 *
 * @param tables labels of `added` count all columns, the frozen ones first
 * @param baseClasses N, the number of base classes
 */
export async function besideFrozen(
  { head, columns, images }: FrozenColumns,
  tables: NewAndOld,
  baseClasses: number,
): Promise<NewAndOld> {
  const classOfColumn = columns.map(({ mergedInto }, column) => mergedInto ?? baseClasses + column)
  const rehearsed = { ...images, label: images.label.map((column) => classOfColumn[column]!) }
  const added = { ...tables.added, label: tables.added.label.map((column) => column - columns.length) }
  return {
    added: await withFrozenHead(added, head, classOfColumn),
    old: await withFrozenHead(joinTables([tables.old, rehearsed]), head, classOfColumn),
  }
}
