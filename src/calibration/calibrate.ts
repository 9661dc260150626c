import { chooseShift, type ShiftOptions } from './choose-shift.js'
import type { HeldOutAnswers } from './decide.js'
import { heldOutFigures, type HeldOutFigures } from './held-out.js'
import { probeShift } from './probe.js'
import { confidenceQuantiles } from './reject.js'

/** What new classes may do to old ones, and by which images that is told. */
export interface CalibrationPolicy extends ShiftOptions {
  /**
   * max z_n − max z_o, without any shift, of old images in no training; where they are given, those among the answers
   * are made up and nothing is said of them.
   * @default calibration goes by the old images among the answers
   */
  readonly probe?: Float64Array | undefined
}

export interface Calibration {
  /** [k] what is added to the added logits, by column. */
  readonly shifts: Float64Array
  /** Of the held-out images, under these shifts. */
  readonly figures: HeldOutFigures
  /** Quantiles of the largest probability over held-out images; see `reject.ts`. */
  readonly confidenceQuantiles: readonly number[]
  /** Share of made-up old images, the probe, that a new class takes, 0..1; `undefined` without a probe. */
  readonly madeUpLeak: number | undefined
}

/**
 * Sets added logits against old ones by images that were held out from training, and tells how the classifier then does
 * on them.
 */
export function calibrate(answers: HeldOutAnswers, { probe, ...limits }: CalibrationPolicy): Calibration {
  const { shifts, leak } = probe
    ? probeShift(probe, answers.rows.classes, limits)
    : { shifts: chooseShift(answers, limits), leak: undefined }
  return {
    shifts,
    figures: heldOutFigures(answers, shifts, probe !== undefined),
    confidenceQuantiles: confidenceQuantiles(answers, shifts),
    madeUpLeak: leak,
  }
}
