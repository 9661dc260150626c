import { isBundle } from '../bundle/layout.js'
import { readBundle } from '../bundle/bundle.js'
import { labelsOf, type Label } from '../bundle/manifest.js'
import type { ModelOptions } from '../classifier/model-options.js'

/** The combined label set of a bundle, or of a base model: every column, and which increment it came with. */
export async function listLabels(options: ModelOptions): Promise<{ labels: Label[] }> {
  if (await isBundle(options.model)) return { labels: labelsOf((await readBundle(options.model)).manifest) }
  // A bundle's labels need nothing of what opens models.
  const { openBackbone } = await import('../classifier/open-backbone.js')
  const { backbone } = await openBackbone(options)
  return { labels: labelsOf({ base: backbone, increments: [] }) }
}
