import type { AddedColumn } from '../bundle/columns.js'
import { joinTables, type FeatureTable } from '../features/table.js'
import { withFrozenHead } from '../head/freeze.js'
import type { Scorer } from '../head/added-head.js'
import type { OldImages } from '../rehearsal/old-images.js'

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

/** The old images to train with. */
export interface BesideOld {
  readonly oldImages: OldImages
  /** All added images, of which old ones may be made up. */
  images(): FeatureTable
  /** N, the number of base classes. */
  readonly baseClasses: number
}

/**
 * Prepares new and old images for training beside frozen heads. Frozen columns act as old classes: their logits join
 * the old logits, and their images are rehearsed as old images.
 *
 * Old images that are made up, or lack further layers, have no logits of frozen heads, which may read what these lack,
 * and keep quiet on old images.
 *
 * @param added labels count all columns, the frozen ones first
 */
export async function besideFrozen(
  { head, columns, images }: FrozenColumns,
  added: FeatureTable,
  { oldImages: { restricted, rehearsed, areWhole }, images: all, baseClasses }: BesideOld,
): Promise<NewAndOld> {
  const classOfColumn = columns.map(({ mergedInto }, column) => mergedInto ?? baseClasses + column)
  const beside = (table: FeatureTable) => withFrozenHead(table, head, classOfColumn)
  const own = { ...added, label: added.label.map((column) => column - columns.length) }
  const frozen = { ...images, label: images.label.map((column) => classOfColumn[column]!) }
  const old = rehearsed(all)
  const canBeScored = areWhole && (old.further === undefined) === (images.further === undefined)
  return {
    added: restricted(await beside(own)),
    old: canBeScored ? await beside(joinTables([old, frozen])) : joinTables([old, restricted(await beside(frozen))]),
  }
}
