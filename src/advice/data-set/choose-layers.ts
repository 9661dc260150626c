import type { TrainingRecord } from '../../bundle/manifest.js'
import type { CallOptions } from '../../core/progress.js'
import type { FeatureTable } from '../../features/table.js'
import type { Layer } from '../../features/layers.js'
import type { TrainingTables } from '../../head/training-set.js'
import { keptOldImages } from '../../rehearsal/kept-old-images.js'
import { choicesOf, layersToRead } from '../../training/layers-to-read.js'
import type { DataSet } from './data-set.js'
import { trainingTables } from './training-tables.js'

interface ChoiceOptions extends CallOptions {
  readonly seed: number
  /** The layers that the backbone offers. */
  readonly offered: readonly Layer[]
  /** Those that the bundle was asked to read. @default chosen on held-out images */
  readonly layers?: TrainingRecord['layers'] | undefined
}

/**
 * The layers that an extension with these images would read, by column.
 *
 * @param images the plain views of the data set's images
 */
export async function chooseLayers(
  dataSet: Pick<DataSet, 'columns' | 'kept' | 'old'>,
  images: FeatureTable,
  { layers, ...options }: ChoiceOptions,
): Promise<NonNullable<TrainingTables['choices']>> {
  const { columns, old } = dataSet
  if (old === undefined || images.count === 0) return []
  const increment = Int32Array.from(columns, (column) => column.increment)
  const asked = { ...options, apart: true, ...(layers === undefined ? {} : { layers }) }
  return choicesOf(increment, await layersToRead(trainingTables(dataSet, images), increment, keptOldImages(old), asked))
}
