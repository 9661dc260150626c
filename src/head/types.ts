import type { TrainingRows } from './training-rows.js'

/** A linear head: `logits = features · weight + bias`, standardisation folded in. */
export interface Head {
  /** Length of a feature vector. */
  readonly dim: number
  /** Number of classes k. */
  readonly classes: number
  /** Row-major [dim × classes]. */
  readonly weight: Float32Array
  /** [classes] */
  readonly bias: Float32Array
}

/** Feature vectors that are read in blocks, so that training need not hold them all. */
export interface FeatureSource {
  readonly count: number
  readonly dim: number
  /** Rows `start` (inclusive) to `end` (exclusive), row-major; valid until the next call. */
  read(start: number, end: number): Float32Array | Promise<Float32Array>
}

export interface TrainingSet extends TrainingRows {
  readonly features: FeatureSource
}

/** One loss and one gradient for each of the `problems` that share a training set; valid until the next evaluation. */
export interface LossAndGradient {
  /** [problems] */
  readonly loss: Float64Array
  /** Row-major [problems·k × dim], problem p and class c in row p·k + c. */
  readonly weight: Float32Array
  /** [problems·k] */
  readonly bias: Float32Array
}

/** Mean and inverse standard deviation of every feature. */
export interface Standardisation {
  /** [dim] */
  readonly mean: Float64Array
  /** [dim]; 0 for a feature that does not vary, which takes it out of the head */
  readonly inverseDeviation: Float64Array
  /** The usual length of a standardised row: the root of the number of features that vary. */
  readonly rowLength: number
}

/** Computes the training loss of heads that take standardised features, (x − μ)/σ; one implementation per training backend. */
export interface LossEvaluator {
  /**
   * @param weight row-major [problems·k × dim]
   * @param bias [problems·k]
   * @param rowWeights row-major [count × problems]; 0 leaves a row out of a problem
   */
  evaluate(weight: Float32Array, bias: Float32Array, rowWeights: Float32Array): Promise<LossAndGradient>
  close(): Promise<void>
}

/** What heads are trained with. */
export interface TrainingBackend {
  /** @param set with raw features */
  open(set: TrainingSet, standardisation: Standardisation): Promise<LossEvaluator>
  /** Whether a set of few images is brought to fewer coordinates first; see `compact-subset.ts`. */
  readonly compact: boolean
}
