import { isBundle } from '../bundle/layout.js'
import { openBundle } from '../bundle/read.js'
import { labelsOf, type Label } from '../bundle/manifest.js'
import type { ModelOptions } from './model-options.js'

/** The combined label set of a bundle, or of a base model: every column, and which increment it came with. */
export async function listLabels(options: ModelOptions): Promise<{ labels: Label[] }> {
  if (await isBundle(options.model)) {
    const { manifest, file } = await openBundle(options.model)
    await file.close()
    return { labels: labelsOf(manifest) }
  }
  // A bundle's labels need nothing of what opens models.
  const { openBackbone } = await import('./open-backbone.js')
  const { backbone } = await openBackbone(options)
  return { labels: labelsOf({ base: backbone, increments: [] }) }
}
