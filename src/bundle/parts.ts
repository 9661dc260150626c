import type { Backbone } from '../features/backbone.js'
import type { FeatureTable } from '../features/table.js'
import type { AddedHead } from '../head/added-head.js'
import type { IncrementClasses, TrainingRecord } from './manifest.js'

/** An increment with the features that are kept of its images. */
export interface IncrementFeatures {
  readonly increment: IncrementClasses
  /** Its labels are places among the increment's classes. */
  readonly table: FeatureTable
  /** The file of the table in the bundle it was read from; none where it is new or was changed. */
  readonly file?: string
}

/** Old images as features, and where they came from. */
export interface Rehearsal {
  readonly table: FeatureTable
  /** `builtin` or the folder's name. */
  readonly source: string
  readonly images: number
  /** Its file in the bundle it was read from. */
  readonly file?: string
}

/** Everything a bundle is made of. */
export interface BundleParts {
  readonly backbone: Backbone
  readonly increments: readonly (IncrementFeatures & {
    /** Without a column where the increment brought no class of its own. */
    readonly head: AddedHead
  })[]
  readonly rehearsal: Rehearsal | undefined
  readonly training: TrainingRecord
  readonly revision: number
}
