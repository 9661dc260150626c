import { join } from 'node:path'
import { writeFileAtomic } from '../core/atomic-write.js'
import { hashOf } from '../core/hash-of.js'
import { isPlainPath } from '../core/plain-names.js'
import { readText } from '../core/regular-file.js'
import { isAsRecorded, isFileRecord, type FileRecord } from './file-record.js'

/** What a hub name referred to when it was first fetched. */
export interface HubPin {
  readonly commit: string
  /** Path of the model in the repository. */
  readonly path: string
  /** Records of the model and of the files that describe it, by path. */
  readonly files: Readonly<Record<string, FileRecord>>
}

/** Whether a value is a Git commit hash of 40 or 64 hexadecimal digits. */
export function isCommit(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)
}

/**
 * Reads a pin.
 *
 * @returns `undefined` where there is none; `damaged` where its checksum does not fit, or nplusk cannot have written
 * it, as its paths could lead out of the cache
 */
export async function readPin(file: string): Promise<HubPin | 'damaged' | undefined> {
  try {
    const { check, pin } = JSON.parse(await readText(file)) as { readonly check: unknown; readonly pin: HubPin }
    const { commit, path, files } = pin
    const areRecords = Object.entries(files).every(([name, record]) => isPlainPath(name) && isFileRecord(record))
    const isSound = isCommit(commit) && isPlainPath(path) && areRecords && Object.hasOwn(files, path)
    return isSound && check === checkOf(pin) ? pin : 'damaged'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'damaged'
  }
}

/** @throws NpluskError `IO` */
export async function writePin(file: string, pin: HubPin): Promise<void> {
  await writeFileAtomic(file, JSON.stringify({ check: checkOf(pin), pin }))
}

function checkOf(pin: HubPin): string {
  return hashOf(new TextEncoder().encode(JSON.stringify(pin)))
}

/**
 * The records of those files of a pin that are as on record, by path.
 *
 * @param folder the folder of the commit
 */
export async function intactFiles(folder: string, files: HubPin['files']): Promise<Record<string, FileRecord>> {
  const intact: Record<string, FileRecord> = {}
  for (const [path, record] of Object.entries(files)) {
    if (await isAsRecorded(join(folder, path), record)) intact[path] = record
  }
  return intact
}
