import { branchLayer } from '../branch/branch-layer.js'
import type { FineTuningRecord, TrainingRecord } from '../bundle/manifest.js'
import type { OpenedBackbone } from '../classifier/open-backbone.js'
import type { Backbone } from '../features/backbone.js'
import type { Layer } from '../features/layers.js'

/**
 * The layers that heads may be fitted on. A branch is none of them once its increment is gone: the images that it was
 * trained with may come again, and it would answer them better than any others.
 */
export function layersToFit({ layers }: Pick<Backbone, 'layers'>, fineTuning: FineTuningRecord | undefined): Layer[] {
  return layers.filter(({ name }) => fineTuning !== undefined || name !== branchLayer)
}

/** The layers asked for that are still offered; a free choice, where none is. */
export function layersLeft(layers: TrainingRecord['layers'], offered: readonly Layer[]): TrainingRecord['layers'] {
  if (layers === undefined || layers === 'default') return layers
  const left = layers.filter((wanted) => offered.some(({ name }) => name === wanted))
  return left.length === 0 ? undefined : left
}

/** What an extension of a classifier chooses layers from, and those that it was asked to read. */
export function layersAsked({ backbone, bundle }: OpenedBackbone): {
  readonly offered: Layer[]
  readonly layers: TrainingRecord['layers']
} {
  const { layers, fineTuning } = bundle?.manifest.training ?? {}
  return { offered: layersToFit(backbone, fineTuning), layers }
}
