import type { AddedHead } from './added-head.js'
import type { HeldOut } from './training-rows.js'
import type { TrainingSet } from './training-set.js'

export interface TrainingOptions {
  /** Strengths of regularisation to choose among, the likeliest first: of many classes, fewer are tried. */
  readonly regularisations: readonly number[]
  readonly seed: number
  /** How often images are dealt out to folds, at most. @default the method's own */
  readonly dealings?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onStep?: (() => void) | undefined
}

export interface Training {
  /** It takes raw features, and has a column for each class of the set. */
  readonly head: AddedHead
  /** The regularisation that was chosen. */
  readonly regularisation: number
  /** Calibration and figures come from these. */
  readonly heldOut: HeldOut
  /** Whether training came to its end; else logits, and shifts taken from them, may be off. */
  readonly converged: boolean
}

/** A way of training heads of one kind. `linear/joint-softmax.ts` is the first. */
export interface HeadMethod {
  train(set: TrainingSet, options: TrainingOptions): Promise<Training>
}
