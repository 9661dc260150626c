import { readBundle } from '../bundle/bundle.js'
import type { Changes } from '../bundle/changes.js'
import { revisionsOf, type Revision } from '../bundle/history/chain.js'
import { keepOf } from '../bundle/history/keep.js'
import { summaryOf, type ChangeKind, type HeldOutSummary } from '../bundle/history/record.js'
import { sizeOfBundle, type BundleSize } from '../bundle/history/size.js'
import { addedCount, type Manifest } from '../bundle/manifest.js'

/** A change of a bundle. What is `null` is not known, as of changes by earlier versions. */
export interface HistoryEntry {
  readonly revision: number
  /** ISO 8601, UTC. */
  readonly date: string | null
  readonly kind: ChangeKind | null
  /** The revision that a rollback brought back. */
  readonly restored?: number
  readonly command: string | null
  /** Numbers of classes after the change. */
  readonly classes: { readonly base: number; readonly added: number; readonly total: number } | null
  /** Classes and increments that came, went, grew, shrank or got another name, with their images. */
  readonly changes: Changes | null
  /** Figures on held-out images before and after the change; `null` where nothing was trained. */
  readonly heldOut: { readonly before: HeldOutSummary | null; readonly after: HeldOutSummary | null }
  /** Whether `rollback` can bring it back. */
  readonly kept: boolean
}

export interface History {
  readonly bundle: string
  /** The current revision first. */
  readonly revisions: readonly HistoryEntry[]
  /** How many earlier revisions the bundle keeps. */
  readonly keep: number
  /** What the bundle takes on the disk, in bytes, and what of it earlier revisions take. */
  readonly bytes: BundleSize
}

/**
 * The changes of a bundle, the last one first. A bundle that came without its records has one entry, its current state.
 *
 * @throws NpluskError `NOT_FOUND` when there is no bundle; `BAD_BUNDLE`, `IO`
 */
export async function history({ model }: { readonly model: string }): Promise<History> {
  const { folder, manifest } = await readBundle(model)
  const revisions = await revisionsOf(folder, manifest)
  return {
    bundle: folder,
    revisions: revisions.map((one, i) => entryOf(one, i === 0 ? manifest : one.kept?.manifest)),
    keep: revisions[0].record?.keep ?? (await keepOf(folder, manifest.revision)),
    bytes: await sizeOfBundle(folder, manifest),
  }
}

function entryOf({ revision, record, kept }: Revision, manifest: Manifest | undefined): HistoryEntry {
  if (record !== undefined) {
    const { date, kind, restored, command, classes, changes, heldOut } = record
    const rest = { command, classes, changes, heldOut, kept: kept !== undefined }
    return { revision, date, kind, ...(restored === undefined ? {} : { restored }), ...rest }
  }
  const classes = manifest ? { base: manifest.base.classes.length, ...addedCount(manifest) } : null
  const heldOut = { before: null, after: summaryOf(manifest) }
  return { revision, date: null, kind: null, command: null, classes, changes: null, heldOut, kept: kept !== undefined }
}
