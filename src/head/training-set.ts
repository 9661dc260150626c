import { sideBySide } from '../features/feature-rows.js'
import { allLayers, joinTables, type FeatureTable } from '../features/table.js'
import { floatSource, type FeatureSource } from './feature-source.js'
import type { ChosenLayer, LayerChoice } from './layer-choice.js'
import type { TrainingRows } from './training-rows.js'

/** Adjacent columns, and the features that they read. */
export interface ColumnGroup {
  /** How many columns. */
  readonly columns: number
  /** Of all rows; groups that read the same layers share them. */
  readonly features: FeatureSource
  /** The layers that the features are of. @default the features of tables as they are */
  readonly layers?: readonly ChosenLayer[] | undefined
}

export interface TrainingSet extends TrainingRows {
  /** All k columns, in order. */
  readonly groups: readonly ColumnGroup[]
}

/** The new images, whose labels are columns, and the old ones to rehearse with. */
export interface TrainingTables {
  readonly added: FeatureTable
  /** Number of new classes k. */
  readonly classes: number
  readonly rehearsal: FeatureTable | undefined
  /** As in `TrainingRows`. */
  readonly baseClasses?: number | undefined
  /**
   * [k] the layers that each column reads, which all tables have; `undefined` for the features as they are.
   * @default the features as they are for all
   */
  readonly choices?: readonly (LayerChoice | undefined)[]
}

/** Joins the tables into one training set; image numbers stay distinct. */
export function buildTrainingSet(tables: TrainingTables): TrainingSet {
  const { added, classes, rehearsal, baseClasses, choices = [] } = tables
  // Any old class counts as right for an old image.
  const old = rehearsal ? [{ ...rehearsal, oldTarget: rehearsal.oldLogSumExp }] : []
  const { features, further, dim: _, count: __, ...columns } = joinTables([added, ...old])
  const sources = new Map<LayerChoice | undefined, FeatureSource>()
  const sourceOf = (choice: LayerChoice | undefined) => {
    const source = sources.get(choice) ?? (choice ? chosenSource({ features, further }, choice) : floatSource(features))
    sources.set(choice, source)
    return source
  }
  return {
    ...columns,
    groups: runsOf(Array.from({ length: classes }, (_, column) => choices[column])).map(({ value, length }) => ({
      columns: length,
      features: sourceOf(value),
      ...(value ? { layers: value.layers } : {}),
    })),
    classes,
    baseClasses,
    target: columns.label.map((label, row) => (row < added.count ? label : -1)),
  }
}

function chosenSource(table: Pick<FeatureTable, 'features' | 'further'>, { layers }: LayerChoice): FeatureSource {
  const rows = allLayers(table)
  const source = floatSource(sideBySide(layers.map(({ start, end }) => ({ rows, start, end }))))
  const scale = new Float32Array(source.dim)
  let place = 0
  for (const { start, end, scale: own } of layers) scale.fill(own, place, (place += end - start))
  return { ...source, scale }
}

/** Equal values side by side, each with how often it comes. */
function runsOf<T>(values: readonly T[]): { readonly value: T; readonly length: number }[] {
  const starts = [...values.keys()].filter((i) => i === 0 || values[i] !== values[i - 1])
  return starts.map((start, i) => ({ value: values[start]!, length: (starts[i + 1] ?? values.length) - start }))
}
