import { sideBySide } from '../features/feature-rows.js'
import { allLayers, joinTables, type FeatureTable } from '../features/table.js'
import { floatSource, type FeatureSource } from './feature-source.js'
import type { ChosenLayer, LayerChoice } from './layer-choice.js'
import type { TrainingRows } from './training-rows.js'

export interface TrainingSet extends TrainingRows {
  readonly features: FeatureSource
  /** The layers that the features are of. @default the features of tables as they are */
  readonly layers?: readonly ChosenLayer[] | undefined
}

/** The new images, whose labels are columns, and the old ones to rehearse with. */
export interface TrainingTables {
  readonly added: FeatureTable
  /** Number of new classes k. */
  readonly classes: number
  readonly rehearsal: FeatureTable | undefined
  /** Which layers to train on; all tables have them. @default the features as they are */
  readonly choice?: LayerChoice | undefined
}

function chosenSource(table: Pick<FeatureTable, 'features' | 'further'>, { layers }: LayerChoice): FeatureSource {
  const rows = allLayers(table)
  const source = floatSource(sideBySide(layers.map(({ start, end }) => ({ rows, start, end }))))
  const scale = new Float32Array(source.dim)
  let place = 0
  for (const { start, end, scale: own } of layers) scale.fill(own, place, (place += end - start))
  return { ...source, scale }
}

/** Joins the tables into one training set; image numbers stay distinct. */
export function buildTrainingSet({ added, classes, rehearsal, choice }: TrainingTables): TrainingSet {
  // Any old class counts as right for an old image.
  const old = rehearsal ? [{ ...rehearsal, oldTarget: rehearsal.oldLogSumExp }] : []
  const { features, further, dim: _, count: __, ...columns } = joinTables([added, ...old])
  return {
    ...columns,
    features: choice ? chosenSource({ features, further }, choice) : floatSource(features),
    ...(choice ? { layers: choice.layers } : {}),
    classes,
    target: columns.label.map((label, row) => (row < added.count ? label : -1)),
  }
}
