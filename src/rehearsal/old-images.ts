import type { FeatureTable } from '../features/table.js'
import type { Scorer } from '../head/added-head.js'

/** A source of old images for rehearsal, and the training choices that depend on it. */
export interface OldImages {
  /** Whether they have all features, so that heads trained on others can be scored on them. */
  readonly areWhole: boolean
  /** Restricts a table to what training may use. */
  restricted(table: FeatureTable): FeatureTable
  /**
   * The old images.
   *
   * @param added returns all new images
   */
  rehearsed(added: () => FeatureTable): FeatureTable
  /** Values of ρ for cross-validation to choose from, the default first. */
  readonly regularisations: readonly number[]
  /** Largest loss of old accuracy, a fraction, when the caller sets none. @default no limit */
  readonly defaultMaxOldDrop?: number
  /**
   * max z_n − max z_o, in nats, of old images for calibration to use instead of the held-out ones; `undefined` to use
   * the held-out ones.
   *
   * @param added the images that the head was trained on
   * @param mergedInto base classes whose old images are left out
   */
  probe(added: FeatureTable, head: Scorer, mergedInto: ReadonlySet<number>): Promise<Float64Array | undefined>
}
