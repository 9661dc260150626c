import { besideOthers } from '../bundle/beside-others.js'
import { checkWritable } from '../bundle/place.js'
import { readBundle } from '../bundle/bundle.js'
import { noteOptions, type ChangeOptions } from '../bundle/history/change-options.js'
import { reportLoading } from '../core/progress.js'
import { openBackboneSession } from '../features/extractor.js'
import { addedCount } from '../bundle/manifest.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { layersLeft, layersToFit } from '../training/layers-to-fit.js'
import { rebuild, settingsOf } from '../training/rebuild.js'
import { removalTarget } from '../classes/removal-target.js'
import { withoutClasses } from '../tables/column-table.js'
import { tunedRest } from '../fine-tuning/tuned-increments.js'

export interface RemoveOptions extends ModelOptions, ChangeOptions {
  /** The name of an increment, or the label or folder name of an added class. */
  readonly name: string
  /** What the name refers to, if it could be either. */
  readonly kind?: 'class' | 'increment'
}

export interface RemoveResult {
  readonly bundle: string
  /** Labels of the removed classes. */
  readonly removed: readonly string[]
  /** Labels of the classes that lost the increment's images but keep those of others. */
  readonly shrunk: readonly string[]
  /** Labels of classes that stay although the name also matches them. */
  readonly alsoNamed: readonly string[]
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
}

/**
 * Removes an increment or one class from a bundle. The remaining heads are refitted from stored features, so that the
 * result is as if the classes had never been added.
 *
 * @throws NpluskError `NOT_FOUND` when the name matches nothing in the bundle, `CONFLICT` when it matches more than one
 * thing
 */
export async function removeClasses(options: RemoveOptions): Promise<RemoveResult> {
  return besideOthers(options.model, () => remove(options))
}

async function remove(options: RemoveOptions): Promise<RemoveResult> {
  const bundle = await readBundle(options.model)
  const { manifest, folder } = bundle
  const note = { kind: 'remove' as const, ...noteOptions(options) }
  const { placesOf, ...target } = removalTarget(manifest.increments, options.name, options.kind)
  await checkWritable(folder, bundle)
  const tuned = await tunedRest(bundle, placesOf)
  // An increment that goes may be damaged.
  const kept = await bundle.increments(({ name, classes }) => placesOf.get(name)?.size !== classes.length)
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
  const { layers: asked, ...settings } = settingsOf(manifest.training)
  const layers = layersLeft(asked, layersToFit(backbone, tuned.fineTuning))
  const plan = {
    folder,
    revision,
    backbone,
    session,
    increments,
    rehearsal,
    settings: { ...settings, ...(layers === undefined ? {} : { layers }) },
    note,
    ...tuned,
  }
  const rebuilt = await rebuild(plan, options)
  return { bundle: folder, ...target, classes: { base: backbone.classes.length, ...addedCount(rebuilt.manifest) } }
}
