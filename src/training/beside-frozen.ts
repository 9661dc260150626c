import type { AddedColumn } from '../bundle/columns.js'
import { joinTables, type FeatureTable } from '../features/table.js'
import { withFrozenHead } from '../head/freeze.js'
import type { Scorer } from '../head/added-head.js'

/** Added columns that stay as they are. */
export interface FrozenColumns {
  readonly head: Scorer
  readonly columns: readonly AddedColumn[]
  /** The images they were trained on, whose labels are columns. */
  readonly images: FeatureTable
}

/** New images, whose labels are the columns to train, and old ones. */
export interface NewAndOld {
  readonly added: FeatureTable
  readonly old: FeatureTable
}

/**
 * New and old images as they look beside heads that stay as they are: those count among the old, their images are
 * rehearsed, their logits competed with.
 *
 * @param tables `added` has labels that count all columns, frozen ones first
 * @param baseClasses N
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
