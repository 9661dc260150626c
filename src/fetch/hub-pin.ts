import { join } from 'node:path'
import { isPlainPath } from '../core/plain-names.js'
import { readText } from '../core/regular-file.js'
import { checkRecord, isFileRecord, type FileRecord } from './file-record.js'

/** What a hub name referred to when it was first fetched. */
export interface HubPin {
  readonly commit: string
  /** Path of the model in the repository. */
  readonly path: string
  /** Records of the model and of the files that describe it, by path; pins of earlier versions have none. */
  readonly files?: Readonly<Record<string, FileRecord>>
}

/** Whether a value is a Git commit hash of 40 or 64 hexadecimal digits. */
export function isCommit(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)
}

/**
 * Reads a pin.
 *
 * @returns `undefined` where there is none, or where nplusk cannot have written it: its paths could lead out of the
 * cache
 */
export async function readPin(file: string): Promise<HubPin | undefined> {
  try {
    const pin = JSON.parse(await readText(file)) as HubPin | null
    const { commit, path, files = {} } = pin ?? ({} as Partial<HubPin>)
    const areRecords = Object.entries(files).every(([name, record]) => isPlainPath(name) && isFileRecord(record))
    return isCommit(commit) && isPlainPath(path) && areRecords ? pin! : undefined
  } catch {
    return undefined
  }
}

/**
 * Compares the files of a pin with their records.
 *
 * @param folder the folder of the commit
 * @returns the present records of the intact files, by path
 */
export async function intactFiles(
  folder: string,
  files: Readonly<Record<string, FileRecord>>,
  thorough: boolean,
): Promise<Record<string, FileRecord>> {
  const intact: Record<string, FileRecord> = {}
  for (const [path, record] of Object.entries(files)) {
    const now = await checkRecord(join(folder, path), record, thorough)
    if (now !== undefined) intact[path] = now
  }
  return intact
}
