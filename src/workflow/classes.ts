import { isBundle } from '../bundle/layout.js'
import { readBundle } from '../bundle/read.js'
import { labelsOf, type Label } from '../bundle/manifest.js'
import type { ModelOptions } from './model-options.js'
import { openBackbone } from './open-backbone.js'

/** The combined label set of a bundle, or of a base model: every column, and which increment it came with. */
export async function listLabels(options: ModelOptions): Promise<{ labels: Label[] }> {
  if (await isBundle(options.model)) return { labels: labelsOf((await readBundle(options.model)).manifest) }
  const { backbone } = await openBackbone(options)
  return { labels: labelsOf({ base: backbone, increments: [] }) }
}
