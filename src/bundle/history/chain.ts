import { isReadable } from '../../core/is-readable.js'
import { join } from 'node:path'
import { filesOf } from '../layout.js'
import type { Manifest } from '../manifest.js'
import { readKept, type KeptRevision } from './kept.js'
import { readRecord, type RevisionRecord } from './record.js'
import { revisionIdOf, type RevisionId } from './revision-file.js'

/** A revision of a bundle, as far as it is known. */
export interface Revision extends RevisionId {
  /** `undefined` where the folder has no readable record of it, as for changes by earlier versions. */
  readonly record: RevisionRecord | undefined
  /** What it takes to bring it back; `undefined` for the current one, and where it is not kept, or not whole. */
  readonly kept: KeptRevision | undefined
  /** Whether it is kept and not whole. */
  readonly isDamaged: boolean
}

/**
 * The revisions of a bundle, the current one first. Each record names the revision before it, so that the records of
 * changes that were never completed, and those of another bundle, are not among them.
 *
 * @param manifest the current one
 * @throws NpluskError `IO` when a file may not be read
 */
export async function revisionsOf(folder: string, manifest: Manifest): Promise<[Revision, ...Revision[]]> {
  const current = revisionIdOf(manifest)
  const revisions: [Revision, ...Revision[]] = [
    { ...current, record: await readRecord(folder, current), kept: undefined, isDamaged: false },
  ]
  for (let last = revisions[0]; last.record?.parent && last.revision > 1;) {
    const id = { revision: last.revision - 1, id: last.record.parent }
    last = { ...id, record: await readRecord(folder, id), ...(await readWhole(folder, id)) }
    revisions.push(last)
  }
  return revisions
}

/** What is kept of a revision, if all files that it needs are there. */
async function readWhole(folder: string, id: RevisionId): Promise<Pick<Revision, 'kept' | 'isDamaged'>> {
  const kept = await readKept(folder, id)
  if (kept === 'damaged' || kept === undefined) return { kept: undefined, isDamaged: kept === 'damaged' }
  const areThere = await Promise.all(filesOf(kept.manifest).map((file) => isReadable(join(folder, file))))
  const isWhole = areThere.every(Boolean)
  return { kept: isWhole ? kept : undefined, isDamaged: !isWhole }
}
