import { NpluskError } from '../core/errors.js'
import { openBundle, readBundle } from './bundle.js'
import { keepOf } from './history/keep.js'
import { encodeKept } from './history/kept.js'
import { revisionIdOf, type RevisionId } from './history/revision-file.js'
import type { Manifest } from './manifest.js'
import { readBundleFile } from './own-file.js'
import { lookAtCurrent } from './verify/current.js'

/** The revision that a change replaces. */
export interface ReplacedRevision extends RevisionId {
  readonly manifest: Manifest
  /** How many earlier revisions the bundle keeps. */
  readonly keep: number
  /** The file that keeps it; `undefined` where it is damaged, and so cannot be kept. */
  readonly file: Uint8Array | undefined
}

/**
 * @param evenDamaged as in `currentManifest`
 * @throws NpluskError as `currentManifest`
 */
export async function replacedRevision(folder: string, evenDamaged: boolean): Promise<ReplacedRevision> {
  const manifest = await currentManifest(folder, evenDamaged)
  const file = await fileOf(folder).catch((error: unknown) => {
    if (evenDamaged && isDamage(error)) return undefined
    throw error
  })
  return { ...revisionIdOf(manifest), manifest, keep: await keepOf(folder, manifest.revision), file }
}

/**
 * The manifest of a bundle.
 *
 * @param evenDamaged whether `bundle.json` will do where the model is damaged or a file is missing, as for a change
 * that builds on neither; not where the two are of different bundles, as nobody knows which is the right one
 * @throws NpluskError as `openBundle`
 */
export async function currentManifest(folder: string, evenDamaged: boolean): Promise<Manifest> {
  try {
    return (await readBundle(folder)).manifest
  } catch (error) {
    if (!evenDamaged || !isDamage(error)) throw error
    const { manifest, belongTogether } = await lookAtCurrent(folder)
    if (manifest === undefined || !belongTogether) throw error
    return manifest
  }
}

async function fileOf(folder: string): Promise<Uint8Array> {
  await using bundle = await openBundle(folder)
  const { manifest } = bundle
  const backbone = await readBundleFile(bundle, manifest.backbone)
  return encodeKept(manifest, await bundle.model(), backbone)
}

function isDamage(error: unknown): boolean {
  return error instanceof NpluskError && error.code === 'BAD_BUNDLE'
}
