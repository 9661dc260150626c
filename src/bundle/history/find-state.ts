import { readBundle } from '../bundle.js'
import type { Manifest } from '../manifest.js'
import { revisionsOf } from './chain.js'
import { chooseRevision } from './choose.js'
import type { KeptRevision } from './kept.js'

/** A bundle, as it is or as it was. */
export interface BundleState {
  /** Its folder. */
  readonly model: string
  /** Number of a revision that it keeps. @default the current one */
  readonly revision?: number | undefined
}

/** A state that was found. */
export interface FoundState {
  readonly folder: string
  readonly manifest: Manifest
  /** Where it is an earlier revision. */
  readonly kept: KeptRevision | undefined
}

/** @throws NpluskError `NOT_FOUND` without such a bundle, or where it does not keep the revision; `BAD_BUNDLE`, `IO` */
export async function findState({ model, revision }: BundleState): Promise<FoundState> {
  const { folder, manifest } = await readBundle(model)
  if (revision === undefined || revision === manifest.revision) return { folder, manifest, kept: undefined }
  const kept = chooseRevision(folder, await revisionsOf(folder, manifest), revision)
  return { folder, manifest: kept.manifest, kept }
}
