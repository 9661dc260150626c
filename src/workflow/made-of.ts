import type { Manifest } from '../bundle/manifest.js'
import { usualLayers } from '../features/layers.js'
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
  return { ...own, base: manifest.base.name, revision: manifest.revision, increments: incrementsOf(manifest) }
}

/** Earlier versions, whose heads were all of one kind, recorded none. */
function incrementsOf({ increments, backbone, training }: Manifest): Made['increments'] {
  const usual = usualLayers(backbone.layers ?? [])
  return increments.map(({ name, classes, layers = usual }, i) => {
    const kind = training.heads?.[i] ?? null
    return {
      name,
      classes: classes.length,
      images: classes.reduce((sum, { images }) => sum + images, 0),
      head: kind === null ? undefined : { kind, layers },
    }
  })
}
