import { besideOthers } from '../bundle/beside-others.js'
import { openBundle } from '../bundle/bundle.js'
import { noteOptions, type ChangeOptions } from '../bundle/history/change-options.js'
import { addedCount } from '../bundle/manifest.js'
import { checkWritable } from '../bundle/place.js'
import { relabelledModel } from '../bundle/relabel.js'
import { sealedManifest } from '../bundle/seals/sealed-manifest.js'
import { writeBundle } from '../bundle/write.js'
import { planRenaming, renamed, type RenamePlan } from '../classes/renaming.js'
import { collectWarnings } from '../core/collect-warnings.js'
import type { CallOptions } from '../core/progress.js'

export interface RenameOptions extends CallOptions, ChangeOptions {
  /** The bundle's folder. */
  readonly model: string
  /** The label or folder name of an added class, or the name of an increment. */
  readonly name: string
  /** The new label or name. */
  readonly to: string
  /** What the name refers to, if it could be either. */
  readonly kind?: 'class' | 'increment' | undefined
}

export interface RenameResult extends RenamePlan {
  readonly bundle: string
  readonly revision: number
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
  readonly warnings: readonly string[]
}

/**
 * Gives an added class another label, or an increment another name. Nothing is trained, and every logit stays the same
 * bit for bit. Folders of the old name still stand for the class, unless another class has that label.
 *
 * @throws NpluskError `NOT_FOUND` when there is no bundle, or the name matches nothing in it; `CONFLICT` when it
 * matches more than one thing or a class of the base model, when the new name is taken or the one it has, or when
 * another process changed the bundle meanwhile; `BAD_INPUT` for a new name that cannot be one; `BAD_BUNDLE`, `IO`
 */
export async function renameClass(options: RenameOptions): Promise<RenameResult> {
  return besideOthers(options.model, () => rename(options))
}

async function rename(options: RenameOptions): Promise<RenameResult> {
  const note = noteOptions(options)
  const call = collectWarnings(options)
  await using bundle = await openBundle(options.model)
  const { folder } = bundle
  const plan = planRenaming(bundle.manifest, options, call.warn)
  await checkWritable(folder, bundle)
  const classes = { base: bundle.manifest.base.classes.length, ...addedCount(bundle.manifest) }
  const result = { bundle: folder, ...plan, classes, warnings: call.warnings }
  const before = await sealedManifest(bundle, bundle.manifest)
  const manifest = { ...renamed(before, plan), revision: before.revision + 1 }
  await writeBundle(folder, {
    manifest,
    model: relabelledModel(await bundle.model(), manifest),
    files: new Map(),
    verify: () => Promise.resolve(),
    note: { kind: 'rename', ...note },
  })
  return { ...result, revision: manifest.revision }
}
