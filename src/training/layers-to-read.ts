import type { LayerChoiceRecord, TrainingRecord } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { Backbone } from '../features/backbone.js'
import type { Layer } from '../features/layers.js'
import { layerChoices, namedLayers, type LayerChoice } from '../head/layer-choice.js'
import { bestLayers, tryLayers } from '../head/linear/choose-layers.js'
import type { TrainingTables } from '../head/training-set.js'
import type { OldImages } from './old-images.js'

export interface LayerOptions extends CallOptions {
  readonly seed: number
  readonly offered?: readonly Layer[]
  readonly layers?: TrainingRecord['layers']
}

export interface LayersToRead {
  /** `undefined` for the features as they are. */
  readonly choice: LayerChoice | undefined
  readonly record: LayerChoiceRecord | undefined
}

/**
 * The layers that heads are to read: those asked for, or the ones that serve held-out images best. Nothing is chosen
 * where the tables hold the features alone, as with made-up old images or in bundles of earlier versions.
 *
 * @param increment [columns] the increment of each column
 * @throws NpluskError `USAGE` for layers by name where nothing can be chosen
 */
export async function layersToRead(
  tables: TrainingTables,
  increment: Int32Array,
  { regularisations }: OldImages,
  { seed, offered = [], layers, signal, onProgress }: LayerOptions,
): Promise<LayersToRead> {
  const nothing = { choice: undefined, record: undefined }
  const isWhole = tables.added.further !== undefined && tables.rehearsal?.further !== undefined
  if (layers === 'default' || tables.classes === 0) return nothing
  if (!isWhole) {
    if (layers === undefined) return nothing
    const problem = 'Heads can read layers by name only where there are real old images with all layers.'
    throw new NpluskError('USAGE', problem, { remedy: { kind: 'give-old-images' } })
  }
  if (layers !== undefined) return { choice: namedLayers(offered, layers), record: undefined }
  const choices = layerChoices(offered)
  if (choices.length < 2) return nothing
  const report = (done: number) =>
    onProgress?.({ type: 'progress', stage: 'choose-layers', done, total: 1, unit: 'steps' })
  report(0)
  const tried = await tryLayers(tables, choices, { increment, regularisation: regularisations[0]!, seed, signal })
  report(1)
  const taken = bestLayers(tried).choice
  const record = {
    taken: taken.name,
    tried: tried.map(({ choice, losses, gain, error }) => ({ name: choice.name, losses, gain, error })),
  }
  // The default layers are the features as they are, to the bit.
  return { choice: taken === choices[0] ? undefined : taken, record }
}

/**
 * Checks that a backbone offers the layers that are asked for.
 *
 * @throws NpluskError `USAGE` for a layer that there is not
 */
export function checkLayers({ layers: offered }: Pick<Backbone, 'layers'>, layers: LayerOptions['layers']): void {
  if (layers === undefined || layers === 'default') return
  const unknown = layers.find((wanted) => !offered.some(({ name }) => name === wanted))
  if (unknown === undefined) return
  const names = offered.map(({ name }) => name).join(', ')
  throw new NpluskError('USAGE', `The model offers no layer "${unknown}"; it has ${names}.`)
}
