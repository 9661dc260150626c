import type { HeldOutRecord } from '../bundle/manifest.js'
import { chooseShift, type ShiftOptions } from './choose-shift.js'
import type { HeldOutAnswers } from './held-out-answers.js'
import { heldOutFigures, newColumns } from './held-out-figures.js'
import { addedAlone, heldOutRecords, type HeldOutImageRecord, type HeldOutNames } from './held-out-records.js'
import { probeShift } from './probe.js'
import { rejectionQuantiles, type RejectionQuantiles } from './reject.js'

/** How far new classes may affect old ones, and the images to measure that on. */
export interface CalibrationPolicy extends ShiftOptions {
  /**
   * max z_n − max z_o, in nats and without any shift, of old images that were not trained on. If given, the old images
   * among the answers are made up, and no figures are reported for them.
   * @default calibration uses the old images among the answers
   */
  readonly probe?: Float64Array | undefined
}

export interface Calibration extends RejectionQuantiles {
  /** [k] amounts to add to the added logits, by column, in nats. */
  readonly shifts: Float64Array
  /** The held-out images under these shifts, without made-up ones. */
  readonly records: readonly HeldOutImageRecord[]
  /** Figures of these records. */
  readonly figures: HeldOutRecord
  /** See `HeldOutImages`. */
  readonly images: readonly number[]
  /** See `newColumns`. */
  readonly newColumns: ReadonlySet<number>
  /** Share of the probe, made-up old images, that new classes take, 0..1; `undefined` without a probe. */
  readonly madeUpLeak: number | undefined
}

/** Chooses the shifts of the added logits on held-out images, and measures the resulting classifier on them. */
export function calibrate(
  answers: HeldOutAnswers,
  names: HeldOutNames,
  { probe, ...limits }: CalibrationPolicy,
): Calibration {
  const { shifts, leak } = probe
    ? probeShift(probe, answers.rows.classes, limits)
    : { shifts: chooseShift(answers, limits), leak: undefined }
  const all = heldOutRecords(answers, shifts, names)
  const real = probe ? addedAlone(all) : all
  return {
    shifts,
    records: real.records,
    images: real.images,
    newColumns: newColumns(names.added),
    figures: heldOutFigures(real, names.added),
    ...rejectionQuantiles(all.records),
    madeUpLeak: leak,
  }
}
