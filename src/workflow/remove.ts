import { checkWritable } from '../bundle/place.js'
import { readBundle } from '../bundle/bundle.js'
import { reportLoading } from '../core/progress.js'
import { openBackboneSession } from '../features/extractor.js'
import { addedCount } from '../bundle/manifest.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { rebuild } from '../training/rebuild.js'
import { removalTarget } from '../classes/removal-target.js'
import { withoutClasses } from '../training/column-table.js'

export interface RemoveOptions extends ModelOptions {
  /** An increment's name, or a label or folder name of one added class. */
  readonly name: string
  /** What the name is of, where it might be of either. */
  readonly kind?: 'class' | 'increment'
}

export interface RemoveResult {
  readonly bundle: string
  /** Labels of the classes that are gone. */
  readonly removed: readonly string[]
  /** Labels of the classes that lost the increment's pictures and keep those of others. */
  readonly shrunk: readonly string[]
  /** Labels of classes that the name might have meant too, and that stay. */
  readonly alsoNamed: readonly string[]
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
}

/**
 * Takes an increment, or one class, out of a bundle. What stays is refitted from its kept features, so that the result
 * is the one that would have come about had the classes never been added.
 *
 * @throws NpluskError `NOT_FOUND` when the bundle holds nothing of that name, `CONFLICT` when the name means more than
 * one thing
 */
export async function removeClasses(options: RemoveOptions): Promise<RemoveResult> {
  const bundle = await readBundle(options.model)
  const { manifest, folder } = bundle
  const { placesOf, ...target } = removalTarget(manifest.increments, options.name, options.kind)
  await checkWritable(folder, bundle)
  const kept = await bundle.increments()
  const increments = kept.flatMap((entry) => {
    const places = placesOf.get(entry.increment.name)
    return places === undefined ? [entry] : withoutClasses(entry, places)
  })

  reportLoading(options.onProgress)
  const backbone = await bundle.backbone()
  await using session = await openBackboneSession(backbone, options)
  reportLoading(options.onProgress, true)
  const rehearsal = await bundle.rehearsal()
  const revision = manifest.revision + 1
  const plan = { folder, revision, backbone, session, increments, rehearsal, settings: manifest.training }
  const rebuilt = await rebuild(plan, options)
  return { bundle: folder, ...target, classes: { base: backbone.classes.length, ...addedCount(rebuilt.manifest) } }
}
