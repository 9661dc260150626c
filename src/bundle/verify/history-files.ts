import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NpluskError } from '../../core/errors.js'
import { keptModel, readKept } from '../history/kept.js'
import { lookAtRecord } from '../history/record.js'
import {
  historyFolder,
  parseRevisionFile,
  revisionFile,
  revisionIdOf,
  type RevisionId,
} from '../history/revision-file.js'
import type { Manifest } from '../manifest.js'
import type { FileState, LookedAt } from './file-state.js'

/**
 * Looks at every file of a bundle's history, whether or not records lead to it. The record of the current revision is
 * missing where earlier ones are there: without it nothing of them is known, and none can be brought back.
 *
 * @param manifest the current one, if it is known; one without seals may be of a version that kept no history
 * @throws NpluskError `IO` for a file without read permission
 */
export async function lookAtHistory(
  folder: string,
  manifest: Manifest | undefined,
): Promise<Omit<LookedAt, 'bytes'>[]> {
  const names: string[] = await readdir(join(folder, historyFolder)).catch(() => [])
  const files = names.flatMap((name) => parseRevisionFile(name) ?? [])
  if (manifest?.sealed && files.some(({ revision }) => revision < manifest.revision)) {
    const current = { ...revisionIdOf(manifest), kind: 'record' as const }
    if (!files.some((file) => file.kind === 'record' && file.id === current.id)) files.push(current)
  }
  files.sort((a, b) => b.revision - a.revision || (a.kind < b.kind ? 1 : -1))
  const looked: Omit<LookedAt, 'bytes'>[] = []
  for (const id of files) {
    const state = id.kind === 'record' ? await stateOfRecord(folder, id) : await stateOfKept(folder, id)
    const holds = id.kind === 'record' ? 'record' : 'revision'
    looked.push({ file: revisionFile(id, id.kind), holds, state, revisions: [id.revision] })
  }
  return looked
}

async function stateOfRecord(folder: string, id: RevisionId): Promise<FileState> {
  const found = await lookAtRecord(folder, id)
  if (found === undefined) return 'missing'
  return found.record === undefined ? 'damaged' : found.isSealed ? 'whole' : 'unsealed'
}

/** Of one without a seal, the model that it gives has a hash at least. */
async function stateOfKept(folder: string, id: RevisionId): Promise<FileState> {
  const kept = await readKept(folder, id)
  if (kept === undefined) return 'missing'
  if (kept === 'damaged') return 'damaged'
  if (kept.isSealed) return 'whole'
  try {
    await keptModel(folder, kept)
    return 'unsealed'
  } catch (error) {
    if (!(error instanceof NpluskError)) throw error
    // Else the backbone is damaged, which is named by itself.
    return error.data['revision'] === id.revision ? 'damaged' : 'unsealed'
  }
}
