import type { FeatureTable } from '../../../src/features/table.js'
import type { LayeredHead } from '../lab.js'
import type { IncrementFeatures } from '../../../src/bundle/parts.js'
import type { TrainedMethod } from '../answers.js'

/** What there is to learn from. */
export interface Task {
  readonly increments: readonly IncrementFeatures[]
  readonly rehearsal: FeatureTable
  /** The base model's head on the bottleneck, the last part of the features. */
  readonly baseHead: LayeredHead
  readonly seed: number
}

/** One way of adding classes. */
export interface Method {
  readonly name: string
  /** What it is, in a line. */
  readonly about: string
  /** Its scores are no log-probabilities: calibration does not apply. */
  readonly uncalibrated?: true
  train(task: Task): Promise<TrainedMethod>
}
