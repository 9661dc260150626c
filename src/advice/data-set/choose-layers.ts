import type { TrainingRecord } from '../../bundle/manifest.js'
import type { CallOptions } from '../../core/progress.js'
import type { FeatureTable } from '../../features/table.js'
import type { Layer } from '../../features/layers.js'
import type { LayerChoice } from '../../head/layer-choice.js'
import { keptOldImages } from '../../training/kept-old-images.js'
import { layersToRead } from '../../training/layers-to-read.js'
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
 * The layers that an extension with these images would read.
 *
 * @param images the plain views of the data set's images
 * @returns `undefined` for the features as they are
 */
export async function chooseLayers(
  dataSet: Pick<DataSet, 'columns' | 'kept' | 'old'>,
  images: FeatureTable,
  { layers, ...options }: ChoiceOptions,
): Promise<LayerChoice | undefined> {
  const { columns, old } = dataSet
  if (old === undefined || images.count === 0) return undefined
  const increment = Int32Array.from(columns, (column) => column.increment)
  const asked = layers === undefined ? options : { ...options, layers }
  const { choice } = await layersToRead(trainingTables(dataSet, images), increment, keptOldImages(old), asked)
  return choice
}
