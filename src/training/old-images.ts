import type { FeatureTable } from '../features/table.js'
import type { AddedHead } from '../head/added-head.js'

/** Where the old images come from that training rehearses with, and what follows from that. */
export interface OldImages {
  /** A table as training may see it. */
  restricted(table: FeatureTable): FeatureTable
  /** The old images. @param added gives all new ones, restricted */
  rehearsed(added: () => FeatureTable): FeatureTable
  /** Values of ρ that cross-validation chooses among, the likeliest first. */
  readonly regularisations: readonly number[]
  /** How often, at most, cross-validation deals images out to folds. @default its own */
  readonly dealings?: number
  /** Share of old accuracy that new classes may cost at most, where nobody says otherwise. @default any */
  readonly defaultMaxOldDrop?: number
  /**
   * max z_n − max z_o of old images that calibration is to go by in place of those held out; `undefined` where these
   * are as good as any.
   *
   * @param added the images that the head was trained on
   * @param mergedInto base classes of which an image counts for nothing
   */
  probe(added: FeatureTable, head: AddedHead, mergedInto: ReadonlySet<number>): Promise<Float64Array | undefined>
}
