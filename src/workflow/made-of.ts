import type { Manifest } from '../bundle/manifest.js'
import type { Made } from '../report/sections/made.js'
import { versions } from './versions.js'

/**
 * How a report on a bundle came to be.
 *
 * @param given how the model, its images and the report were asked for
 * @param manifest of the bundle; `undefined` for a base model
 */
export async function madeOf(
  given: Pick<Made, 'model' | 'folders' | 'command'>,
  manifest: Manifest | undefined,
): Promise<Made> {
  const own = { ...given, versions: await versions() }
  if (manifest === undefined) return { ...own, base: given.model, increments: [] }
  const increments = manifest.increments.map(({ name, classes }) => ({
    name,
    classes: classes.length,
    images: classes.reduce((sum, { images }) => sum + images, 0),
  }))
  return { ...own, base: manifest.base.name, revision: manifest.revision, heads: headsOf(manifest), increments }
}

/** Earlier versions, whose heads were all of one kind, recorded none. */
function headsOf({ training, increments, backbone }: Manifest): Made['heads'] {
  const kinds = new Set((training.heads ?? []).filter((kind) => kind !== null))
  if (kinds.size === 0) return undefined
  const usual = (backbone.layers ?? []).filter(({ byDefault }) => byDefault).map(({ name }) => name)
  return { kinds: [...kinds], layers: [...new Set(increments.flatMap(({ layers }) => layers ?? usual))] }
}
