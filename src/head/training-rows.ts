import { pickColumns, tableColumns, type Columns, type Schema } from '../features/columns.js'

/** The columns of a training set: those of feature tables, and what a row is to be taken for. */
export const trainingColumns = {
  ...tableColumns,
  /** Which new class the row shows, 0..k-1; -1 for an old image. */
  target: 'int32',
} as const satisfies Schema

/**
 * What is known of the rows that the parallel head is trained on, views of new images and of old ones, beside their
 * features.
 *
 * The old head is frozen, so it enters the joint softmax only through E_o = logsumexp of its logits: one number a row.
 * `oldTarget` is the old logit that is right for a row as well: E_o for an old image, the logit of the old class for an
 * image of a merged class, `noOldTarget` for any other new image. Rows of one `image` never lie on two sides of a
 * split.
 */
export interface TrainingRows extends Columns<typeof trainingColumns> {
  /** Number of new classes k. */
  readonly classes: number
}

/** Images that were held out from training. */
export interface HeldOut {
  /** One row for each image, its plain view. */
  readonly rows: TrainingRows
  /** Row-major [rows × k]: their logits from heads that were trained without any view of their image. */
  readonly logits: Float32Array
}

/** The given rows of a training set, without their features. */
export function pickTrainingRows({ classes, ...columns }: TrainingRows, rows: readonly number[]): TrainingRows {
  return { classes, ...pickColumns(trainingColumns, columns, rows) }
}
