import { isBundle } from '../bundle/layout.js'
import { readBundle } from '../bundle/bundle.js'
import { labelsOf, type Label } from '../bundle/manifest.js'
import type { ModelOptions } from '../classifier/model-options.js'

/**
 * Lists the labels of a bundle or a base model: every column, and the increment that it came with.
 *
 * @throws NpluskError `NOT_FOUND`, `BAD_BUNDLE`, `BAD_MODEL`, `DOWNLOAD`, `IO`
 */
export async function listLabels(options: ModelOptions): Promise<{ labels: Label[] }> {
  if (await isBundle(options.model)) return { labels: labelsOf((await readBundle(options.model)).manifest) }
  // Imported only here: the labels of a bundle do not need the modules that open models.
  const { openBackbone } = await import('../classifier/open-backbone.js')
  const { backbone } = await openBackbone(options)
  return { labels: labelsOf({ base: backbone, increments: [] }) }
}
