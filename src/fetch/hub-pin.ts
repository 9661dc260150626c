import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isPlainPath } from '../core/plain-names.js'
import { checkRecord, isFileRecord, type FileRecord } from './file-record.js'

/** What a name of the hub stood for when it was first asked for. */
export interface HubPin {
  readonly commit: string
  /** The model's path. */
  readonly path: string
  /** The model and what describes it, by their paths; pins of earlier versions have none. */
  readonly files?: Readonly<Record<string, FileRecord>>
}

/** Git names a commit by 40 hexadecimal digits, or 64. */
export function isCommit(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)
}

/** @returns `undefined` where there is none, or one that nplusk did not write: it would lead out of the cache */
export async function readPin(file: string): Promise<HubPin | undefined> {
  try {
    const pin = JSON.parse(await readFile(file, 'utf8')) as HubPin | null
    const { commit, path, files = {} } = pin ?? ({} as Partial<HubPin>)
    const areRecords = Object.entries(files).every(([name, record]) => isPlainPath(name) && isFileRecord(record))
    return isCommit(commit) && isPlainPath(path) && areRecords ? pin! : undefined
  } catch {
    return undefined
  }
}

/**
 * Compares the files of a pin with what is on record of them.
 *
 * @param folder of the commit
 * @returns the records of those that are sound, by path
 */
export async function soundFiles(
  folder: string,
  files: Readonly<Record<string, FileRecord>>,
  thorough: boolean,
): Promise<Record<string, FileRecord>> {
  const sound: Record<string, FileRecord> = {}
  for (const [path, record] of Object.entries(files)) {
    const now = await checkRecord(join(folder, path), record, thorough)
    if (now !== undefined) sound[path] = now
  }
  return sound
}
