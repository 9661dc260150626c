import { pickColumns, tableColumns, type Columns, type Schema } from '../features/columns.js'

/** The columns of a training set: those of feature tables, and the target of each row. */
export const trainingColumns = {
  ...tableColumns,
  /** Which new class the row shows, 0..k-1; -1 for an old image. */
  target: 'int32',
} as const satisfies Schema

/**
 * The columns of the rows that the added head is trained on, views of new and old images, without their features.
 *
 * The base head is frozen, so it enters the joint softmax only through E_o, the logsumexp of its logits: one number per
 * row. `oldTarget` is the old logit that also counts as right for a row: E_o for an old image, the logit of the base
 * class for an image of a merged class, `noOldTarget` for any other new image. All rows of one `image` stay on the same
 * side of a split.
 */
export interface TrainingRows extends Columns<typeof trainingColumns> {
  /** Number of new classes k. */
  readonly classes: number
  /** N; old classes behind these are frozen ones. @default no class is frozen */
  readonly baseClasses?: number | undefined
}

/** Images that were held out from training. */
export interface HeldOut {
  /** One row per image, its plain view. */
  readonly rows: TrainingRows
  /** Row-major [rows × k]: logits from heads trained without any view of the row's image. */
  readonly logits: Float32Array
}

/** Selects rows of a training set, without their features. */
export function pickTrainingRows(
  { classes, baseClasses, ...columns }: TrainingRows,
  rows: readonly number[],
): TrainingRows {
  return { classes, baseClasses, ...pickColumns(trainingColumns, columns, rows) }
}

/**
 * Selects answers.
 *
 * @param logits row-major [rows × k]
 */
export function pickAnswers(rows: TrainingRows, logits: Float32Array, places: readonly number[]): HeldOut {
  const k = rows.classes
  const picked = new Float32Array(places.length * k)
  places.forEach((place, i) => picked.set(logits.subarray(place * k, (place + 1) * k), i * k))
  return { rows: pickTrainingRows(rows, places), logits: picked }
}

/** [k] number of images of every new class. */
export function imagesOfClasses({ classes, target, image }: TrainingRows): Float64Array {
  const images = new Float64Array(classes)
  target.forEach((label, row) => {
    const isFirst = row === 0 || image[row] !== image[row - 1] || label !== target[row - 1]
    if (label >= 0 && isFirst) images[label]!++
  })
  return images
}
