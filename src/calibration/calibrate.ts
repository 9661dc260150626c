import { chooseShift, type ShiftOptions } from './choose-shift.js'
import type { HeldOutAnswers } from './decide.js'
import { heldOutFigures, type HeldOutFigures } from './held-out.js'
import { probeShift } from './probe.js'
import { confidenceQuantiles } from './reject.js'

/** How far new classes may affect old ones, and the images to measure that on. */
export interface CalibrationPolicy extends ShiftOptions {
  /**
   * max z_n − max z_o, in nats and without any shift, of old images that were not trained on. If given, the old images
   * among the answers are made up, and no figures are reported for them.
   * @default calibration uses the old images among the answers
   */
  readonly probe?: Float64Array | undefined
}

export interface Calibration {
  /** [k] amounts to add to the added logits, by column, in nats. */
  readonly shifts: Float64Array
  /** Figures on the held-out images under these shifts. */
  readonly figures: HeldOutFigures
  /** Quantiles of the largest probability over held-out images; see `reject.ts`. */
  readonly confidenceQuantiles: readonly number[]
  /** Share of the probe, made-up old images, that new classes take, 0..1; `undefined` without a probe. */
  readonly madeUpLeak: number | undefined
}

/** Chooses the shifts of the added logits on held-out images, and measures the resulting classifier on them. */
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
