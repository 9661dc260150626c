import type { LayerChoiceRecord } from '../bundle/manifest.js'
import type { Backbone } from '../features/backbone.js'
import type { Refit } from './refit.js'

/** What heads read, for the user. */
export interface LayerReport {
  /** `default`, `all`, `layout`, or the names that were asked for. */
  readonly taken: string
  /** The layers that the heads trained now read, by name. */
  readonly read: readonly string[]
  /** What was tried on held-out images, the default first; empty where nothing was to be chosen. */
  readonly tried: LayerChoiceRecord['tried']
}

/** Describes the layers that heads were trained on. */
export function layerReport(
  { trainedOn: { choice }, layerChoice }: Pick<Refit, 'trainedOn' | 'layerChoice'>,
  { layers }: Pick<Backbone, 'layers'>,
): LayerReport {
  const read = choice?.layers ?? layers.filter(({ byDefault }) => byDefault)
  return { taken: choice?.name ?? 'default', read: read.map(({ name }) => name), tried: layerChoice?.tried ?? [] }
}
