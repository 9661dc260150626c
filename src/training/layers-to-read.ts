import type { LayerChoiceRecord, TrainingRecord } from '../bundle/manifest.js'
import { NpluskError } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { Backbone } from '../features/backbone.js'
import type { Layer } from '../features/layers.js'
import type { FeatureTable } from '../features/table.js'
import { layerChoices, namedLayers, type LayerChoice } from '../head/layer-choice.js'
import { bestLayers, bestLayersForAll, tryLayers, type TriedLayers } from '../head/linear/choose-layers.js'
import type { TrainingTables } from '../head/training-set.js'
import type { OldImages } from '../rehearsal/old-images.js'

export interface LayerOptions extends CallOptions {
  readonly seed: number
  /** Whether increments may read different layers. */
  readonly apart: boolean
  readonly offered?: readonly Layer[]
  readonly layers?: TrainingRecord['layers']
}

/** The layers that heads are to read, by increment that has columns. */
export type LayersToRead = ReadonlyMap<number, LayersOfIncrement>

export interface LayersOfIncrement {
  /** `undefined` for the features as they are. */
  readonly choice: LayerChoice | undefined
  /** How it was chosen; `undefined` where nothing was to be chosen. */
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
  { seed, apart, offered = [], layers, signal, onProgress }: LayerOptions,
): Promise<LayersToRead> {
  const forAll = (choice: LayerChoice | undefined) =>
    new Map([...new Set(increment)].map((one) => [one, { choice, record: undefined }]))
  const isWhole = tables.added.further !== undefined && tables.rehearsal?.further !== undefined
  if (layers === 'default' || tables.classes === 0) return forAll(undefined)
  if (!isWhole) {
    if (layers === undefined) return forAll(undefined)
    throw lacksOldImages()
  }
  if (layers !== undefined) return forAll(namedLayers(offered, layers))
  const choices = layerChoices(offered)
  if (choices.length < 2) return forAll(undefined)
  const report = (done: number) =>
    onProgress?.({ type: 'progress', stage: 'choose-layers', done, total: 1, unit: 'steps' })
  report(0)
  const tried = await tryLayers(tables, choices, { increment, regularisation: regularisations[0]!, seed, signal })
  report(1)
  const common = apart ? undefined : bestLayersForAll(tried)
  return new Map(
    [...tried].map(([one, ofIncrement]) => {
      const taken = common ?? bestLayers(ofIncrement)
      // The default layers are the features as they are, to the bit.
      return [one, { choice: taken === choices[0] ? undefined : taken, record: recordOf(taken, ofIncrement) }]
    }),
  )
}

/** [columns] the layers that each column reads, by its increment. */
export function choicesOf(increment: Int32Array, layers: LayersToRead): (LayerChoice | undefined)[] {
  return Array.from(increment, (one) => layers.get(one)!.choice)
}

function recordOf(taken: LayerChoice, all: readonly TriedLayers[]): LayerChoiceRecord {
  const tried = all.map(({ choice, losses }) => ({
    name: choice.name,
    loss: losses.reduce((sum, loss) => sum + loss, 0),
  }))
  // Without images to judge by, nothing was tried.
  return { taken: taken.name, tried: tried.some(({ loss }) => loss > 0) ? tried : [] }
}

function lacksOldImages(): NpluskError {
  const problem = 'Heads can read layers by name only where there are real old images with all layers.'
  return new NpluskError('USAGE', problem, { remedy: { kind: 'give-old-images-or-no-layers' } })
}

/**
 * Checks that there are the old images that heads need to read layers by name.
 *
 * @param rehearsal `undefined` where they are made up
 * @throws NpluskError `USAGE`
 */
export function checkReadable(rehearsal: FeatureTable | undefined, layers: LayerOptions['layers']): void {
  if (layers !== undefined && layers !== 'default' && rehearsal?.further === undefined) throw lacksOldImages()
}

/**
 * Checks that a backbone offers the layers that are asked for.
 *
 * @throws NpluskError `USAGE` for a layer that there is not, or where there are none to choose from
 */
export function checkLayers({ layers: offered }: Pick<Backbone, 'layers'>, layers: LayerOptions['layers']): void {
  if (layers === undefined || layers === 'default') return
  if (offered.every(({ byDefault }) => byDefault)) {
    const problem = 'The model, or the bundle of an earlier version, offers no layers to choose from.'
    throw new NpluskError('USAGE', problem, { remedy: { kind: 'leave-out', option: 'layers' } })
  }
  const unknown = layers.find((wanted) => !offered.some(({ name }) => name === wanted))
  if (unknown === undefined) return
  const names = offered.map(({ name }) => name).join(', ')
  throw new NpluskError('USAGE', `The model offers no layer "${unknown}"; it has ${names}.`)
}
