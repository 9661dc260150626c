import { stat } from 'node:fs/promises'
import { hashFile } from '../core/hash-file.js'
import { isSha256 } from '../core/plain-names.js'

/** What is recorded about a file in the cache. */
export interface FileRecord {
  readonly sha256: string
  readonly bytes: number
}

/**
 * The record of a file as it is now.
 *
 * @throws the file system's error
 */
export async function recordOf(file: string): Promise<FileRecord> {
  const { size } = await stat(file)
  return { sha256: await hashFile(file), bytes: size }
}

/**
 * Whether a file is as on record. It is read, since what rots on a disk or is written to it by mistake leaves size and
 * time as they were.
 */
export async function isAsRecorded(file: string, { sha256, bytes }: FileRecord): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  return found?.size === bytes && (await hashFile(file).catch(() => undefined)) === sha256
}

/** Whether a parsed JSON value is a record. */
export function isFileRecord(value: unknown): value is FileRecord {
  const { sha256, bytes } = (value ?? {}) as Partial<FileRecord>
  return isSha256(sha256) && Number.isSafeInteger(bytes)
}
