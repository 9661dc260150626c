import { joinTables, type FeatureTable } from '../features/table.js'
import { floatSource, type FeatureSource } from './feature-source.js'
import type { TrainingRows } from './training-rows.js'

export interface TrainingSet extends TrainingRows {
  readonly features: FeatureSource
}

/** The new images, whose labels are columns, and the old ones to rehearse with. */
export interface TrainingTables {
  readonly added: FeatureTable
  /** Number of new classes k. */
  readonly classes: number
  readonly rehearsal: FeatureTable | undefined
}

/** Joins the tables into one training set; image numbers stay distinct. */
export function buildTrainingSet({ added, classes, rehearsal }: TrainingTables): TrainingSet {
  // Any old class counts as right for an old image.
  const old = rehearsal ? [{ ...rehearsal, oldTarget: rehearsal.oldLogSumExp }] : []
  const { features, dim: _, count: __, ...columns } = joinTables([added, ...old])
  return {
    ...columns,
    features: floatSource(features),
    classes,
    target: columns.label.map((label, row) => (row < added.count ? label : -1)),
  }
}
