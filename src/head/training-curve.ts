/** How training went, evaluation by evaluation of the optimiser, or step by step of a branch. */
export interface TrainingCurve {
  /**
   * `folds`: the mean over the folds of cross-validation; `all`: the final fit, to all images; `branch`: a branch and
   * its head, on the images that are not held out from it.
   */
  readonly images: 'folds' | 'all' | 'branch'
  /** ρ */
  readonly regularisation: number
  readonly steps: readonly CurveStep[]
}

export interface CurveStep {
  /** When, in milliseconds since 1970. */
  readonly time: number
  /** Of the images trained on, in nats, without penalty: mean over new classes and mean over old images, added. */
  readonly loss: number
  /** ρ/2 ‖V‖² */
  readonly penalty: number
  /** On the images left out; `null` for the final fit of a head, and where a branch was not looked at. */
  readonly heldOut: HeldOutStep | null
}

/** Figures of heads as they are, before calibration. Old images that are made up count as well. */
export interface HeldOutStep {
  /** Weighted as in training, in nats. */
  readonly loss: number
  /** Share of the new images that are given their class; `null` without new images. */
  readonly top1: number | null
  /** Share of the old images that a new class takes; `null` without old images. */
  readonly leak: number | null
  /** Share of the new images that an old class keeps; `null` without new images. */
  readonly miss: number | null
}
