import { columnsByIncrement } from '../bundle/columns.js'
import type { LayerChoiceRecord, Manifest } from '../bundle/manifest.js'
import type { Backbone } from '../features/backbone.js'
import { usualLayers } from '../features/layers.js'

/** What the head of an increment reads, for the user. */
export interface LayerReport {
  /** The increment's name. */
  readonly increment: string
  /** `default`, `all`, `layout`, or the names of the layers that were asked for, or stand beside a branch. */
  readonly taken: string
  /** The layers that the head reads, by name. */
  readonly read: readonly string[]
  /** What was tried on held-out images, the default first; empty where nothing was to be chosen, or to judge by. */
  readonly tried: LayerChoiceRecord['tried']
}

/** Describes the layers that the heads of a bundle read, by increment that has columns. */
export function layerReports(
  { increments, training: { layerChoices } }: Pick<Manifest, 'increments' | 'training'>,
  backbone: Pick<Backbone, 'layers'>,
): LayerReport[] {
  const usual = usualLayers(backbone.layers)
  const columns = columnsByIncrement(increments)
  return increments.flatMap(({ name, layers }, i) => {
    if (columns[i]!.length === 0) return []
    const chosen = layerChoices?.[i]
    const taken = chosen?.taken ?? layers?.join(',') ?? 'default'
    return [{ increment: name, taken, read: layers ?? usual, tried: chosen?.tried ?? [] }]
  })
}
