import type { AddedHead } from './added-head.js'
import type { HeadKind } from './head-kind.js'
import type { HeldOut } from './training-rows.js'
import type { TrainingCurve } from './training-curve.js'
import type { TrainingSet } from './training-set.js'

export interface TrainingOptions {
  /**
   * Regularisation strengths to choose from, the default first; only the first ones are tried when there are many
   * classes.
   */
  readonly regularisations: readonly number[]
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  readonly onStep?: (() => void) | undefined
  /** Whether to keep how training went; it takes longer then, and gives the same heads. @default false */
  readonly curves?: boolean | undefined
}

/** Held-out loss with a regularisation ρ, in nats: the mean over new classes and that over old images, added. */
export interface TriedRegularisation {
  readonly regularisation: number
  readonly loss: number
}

/** Held-out loss of a kind of head, in nats: the mean over new classes and that over old images, added. */
export interface TriedKind {
  readonly kind: HeadKind
  readonly loss: number
}

export interface Training {
  /** They take raw features, and have, side by side, one column per class of the set: a head for each of its groups. */
  readonly heads: readonly AddedHead[]
  /** The regularisation that was chosen. */
  readonly regularisation: number
  /** What it was chosen by; empty where only one was tried. */
  readonly tried: readonly TriedRegularisation[]
  /** Held-out images with their logits, the basis of calibration and figures. */
  readonly heldOut: HeldOut
  /**
   * [images] what every held-out image adds to their loss at the best scale and shift, in nats, by a single dealing of
   * the folds: what kinds of head are compared by.
   */
  readonly heldOutLosses: () => Float64Array
  /** Kinds that were compared by it; empty where one was asked for. */
  readonly triedKinds?: readonly TriedKind[]
  /** Whether the optimiser converged; if not, logits and the shifts derived from them may be off. */
  readonly converged: boolean
  /** A curve for each regularisation that was tried, and the final one; empty unless asked for. */
  readonly curves: readonly TrainingCurve[]
}

/** A method that trains heads of one kind, such as `linear/joint-softmax.ts`. */
export interface HeadMethod {
  /** Whether columns may read different layers; if not, a set must have one group. */
  readonly readsByColumn: boolean
  train(set: TrainingSet, options: TrainingOptions): Promise<Training>
}
