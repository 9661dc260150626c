import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultKeep, readRecord } from './record.js'
import { historyFolder, parseRevisionFile } from './revision-file.js'

/**
 * How many earlier revisions a bundle keeps: as its record says, or where that is missing the latest one before it.
 *
 * @param revision the number of the current one
 * @throws NpluskError `IO` when a record may not be read
 */
export async function keepOf(folder: string, revision: number): Promise<number> {
  const names: string[] = await readdir(join(folder, historyFolder)).catch(() => [])
  const records = names
    .flatMap((name) => parseRevisionFile(name) ?? [])
    .filter((file) => file.kind === 'record' && file.revision <= revision)
    .sort((a, b) => b.revision - a.revision)
  for (const id of records) {
    const record = await readRecord(folder, id)
    if (record) return record.keep
  }
  return defaultKeep
}
