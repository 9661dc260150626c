import type { HeldOut } from '../head/training-rows.js'

/** Column → base class, for the added classes that are merged into an old one. */
export type MergedColumns = ReadonlyMap<number, number>

/** Held-out images with the answers of both heads; the logits are the added ones before any shift. */
export interface HeldOutAnswers extends HeldOut {
  readonly merged: MergedColumns
  /** [k] the increment that a column came with. */
  readonly increment: Int32Array
}
