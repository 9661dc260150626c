import { besideOthers } from '../bundle/beside-others.js'
import { Bundle } from '../bundle/bundle.js'
import { changesBetween, type Changes } from '../bundle/changes.js'
import { revisionsOf } from '../bundle/history/chain.js'
import { noteOptions, type ChangeOptions } from '../bundle/history/change-options.js'
import { chooseRevision } from '../bundle/history/choose.js'
import { keptModel } from '../bundle/history/kept.js'
import { partsOf } from '../bundle/layout.js'
import { addedCount } from '../bundle/manifest.js'
import { checkBundleFile } from '../bundle/own-file.js'
import { checkWritable } from '../bundle/place.js'
import { currentManifest } from '../bundle/replaced.js'
import { relabelledModel } from '../bundle/relabel.js'
import { sealedManifest } from '../bundle/seals/sealed-manifest.js'
import { writeBundle } from '../bundle/write.js'
import { throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'

export interface RollbackOptions extends CallOptions, ChangeOptions {
  /** The bundle's folder. */
  readonly model: string
  /** Number of the revision to bring back. @default the one before the last change */
  readonly revision?: number | undefined
}

export interface RollbackResult {
  readonly bundle: string
  /** The revision that was brought back. */
  readonly restored: number
  /** The number that it has now: the rollback is a change as well, and can be taken back. */
  readonly revision: number
  readonly changes: Changes
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
}

/**
 * Brings an earlier revision of a bundle back: its labels, its heads bit for bit, and the features to extend it from.
 * Its model is put together from what the bundle keeps, and compared with the hash that it had, so that it needs no
 * further check. So it also mends a bundle whose model is damaged, or whose files are, unless the earlier revision
 * needs those as well; the damaged revision is not kept.
 *
 * @throws NpluskError `NOT_FOUND` when there is no bundle, or it does not keep that revision; `BAD_BUNDLE` when a file
 * is damaged; `CONFLICT` when another process changed the bundle meanwhile; `IO`, `ABORTED`
 */
export async function rollback(options: RollbackOptions): Promise<RollbackResult> {
  return besideOthers(options.model, () => bringBack(options))
}

async function bringBack(options: RollbackOptions): Promise<RollbackResult> {
  const note = noteOptions(options)
  const folder = options.model
  const bundle = new Bundle(folder, await currentManifest(folder, true))
  const kept = chooseRevision(folder, await revisionsOf(folder, bundle.manifest), options.revision)
  await checkWritable(folder, bundle)
  for (const part of partsOf(kept.manifest)) await checkBundleFile(bundle, part)
  const model = await keptModel(folder, kept)
  throwIfAborted(options.signal)
  const restored = kept.manifest.revision
  const manifest = { ...(await sealedManifest(bundle, kept.manifest)), revision: bundle.manifest.revision + 1 }
  await writeBundle(folder, {
    manifest,
    model: relabelledModel(model, manifest),
    files: new Map(),
    verify: () => Promise.resolve(),
    note: { kind: 'rollback', restored, ...note },
  })
  return {
    bundle: folder,
    restored,
    revision: manifest.revision,
    changes: changesBetween(bundle.manifest.increments, manifest.increments),
    classes: { base: manifest.base.classes.length, ...addedCount(manifest) },
  }
}
