import type { Backbone } from '../features/backbone.js'
import type { FeatureTable } from '../features/table.js'
import type { AddedHead } from '../head/added-head.js'
import type { Part } from './layout.js'
import type { IncrementClasses, TrainingRecord } from './manifest.js'

/** An increment with the stored features of its images. */
export interface IncrementFeatures {
  readonly increment: IncrementClasses
  /** Its labels are indices into the increment's classes. */
  readonly table: FeatureTable
  /** The table's file in the bundle that it was read from; absent for a new or changed table. */
  readonly part?: Part
}

/** Features of old images, and their origin. */
export interface Rehearsal {
  readonly table: FeatureTable
  /** `builtin` or the folder's name. */
  readonly source: string
  readonly images: number
  /** The files that the table's column `file` counts, where they are at hand. */
  readonly files?: readonly string[]
  /** The table's file in the bundle that it was read from. */
  readonly part?: Part
}

/** The parts of a bundle. */
export interface BundleParts {
  readonly backbone: Backbone
  readonly increments: readonly (IncrementFeatures & {
    /** Without columns if the increment introduced no class of its own. */
    readonly head: AddedHead
  })[]
  readonly rehearsal: Rehearsal | undefined
  readonly training: TrainingRecord
  readonly revision: number
}
