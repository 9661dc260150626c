import type { ScaleShift } from '../scale-shift.js'
import type { StandardisedSet } from '../standardised-set.js'
import type { TrainingRows } from '../training-rows.js'
import type { LinearKind } from '../head-kind.js'

/** A linear head's parameters: `logits = features · weight + bias`. */
export interface LinearWeights {
  /** Length of a feature vector. */
  readonly dim: number
  /** k */
  readonly columns: number
  /** Row-major [dim × k]. */
  readonly weight: Float32Array
  /** [k] */
  readonly bias: Float32Array
}

/** Parameters, on standardised features, of one group of columns in each of several problems; or their gradients. */
export interface GroupParameters {
  /** Row-major [problems·columns × dim], problem p and column c in row p·columns + c. */
  readonly weight: Float32Array
  /** [problems·columns] */
  readonly bias: Float32Array
}

/** Loss and gradient of each of the `problems` that share a training set; valid until the next evaluation. */
export interface LossAndGradient {
  /** [problems] */
  readonly loss: Float64Array
  /** The gradients, by group. */
  readonly groups: readonly GroupParameters[]
}

/**
 * Computes the training loss of heads on standardised features, (x − μ)/σ, and its gradient; one implementation per
 * backend.
 */
export interface LossEvaluator extends AsyncDisposable {
  /**
   * @param groups the parameters, by group of the set
   * @param rowWeights row-major [count × problems]; 0 leaves a row out of a problem
   */
  evaluate(groups: readonly GroupParameters[], rowWeights: Float32Array): Promise<LossAndGradient>
}

/** A backend that computes losses and gradients for training. */
export interface TrainingBackend {
  /** @param set with raw features */
  open(set: StandardisedSet): Promise<LossEvaluator>
  /** Whether cross-validation may first reduce a small set to fewer coordinates; see `../compact-subset.ts`. */
  readonly compact: boolean
  /** What is special about a loss other than the joint softmax. @default the joint softmax */
  readonly loss?: OtherLoss
}

/** A loss whose scores are no logits of the joint softmax. */
export interface OtherLoss {
  readonly kind: LinearKind
  /** The bias of every column that fits start with, beside zero weights. */
  readonly startingBias: number
  /**
   * How its scores become logits.
   *
   * @param scores held-out ones, row-major [count × k]
   */
  calibrate(rows: TrainingRows, scores: Float32Array, rowWeight: Float32Array): ScaleShift
}
