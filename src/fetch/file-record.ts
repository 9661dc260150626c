import { stat } from 'node:fs/promises'
import { hashFile } from '../core/hash-file.js'
import { isSha256 } from '../core/plain-names.js'

/** What is recorded about a file in the cache. */
export interface FileRecord {
  readonly sha256: string
  readonly bytes: number
  /** Modification time when it was hashed, in milliseconds since the epoch. */
  readonly changed: number
}

/**
 * The record of a file as it is now.
 *
 * @throws the file system's error
 */
export async function recordOf(file: string): Promise<FileRecord> {
  const { size, mtimeMs } = await stat(file)
  return { sha256: await hashFile(file), bytes: size, changed: mtimeMs }
}

/**
 * Compares a file with its record; a file of the recorded size and modification time is not read.
 *
 * @param thorough reads it all the same
 * @returns its present record; `undefined` where the file is gone or has other content
 */
export async function checkRecord(file: string, record: FileRecord, thorough = false): Promise<FileRecord | undefined> {
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile() || found.size !== record.bytes) return undefined
  if (!thorough && found.mtimeMs === record.changed) return record
  const now = await recordOf(file).catch(() => undefined)
  return now?.sha256 === record.sha256 ? now : undefined
}

/** Whether a parsed JSON value is a record. */
export function isFileRecord(value: unknown): value is FileRecord {
  const { sha256, bytes, changed } = (value ?? {}) as Partial<FileRecord>
  return isSha256(sha256) && Number.isSafeInteger(bytes) && typeof changed === 'number'
}
