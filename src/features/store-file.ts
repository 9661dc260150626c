import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const magic = 0xbeefc0de
/**
 * Byte offsets, from the start of a meta page, of the fields checked here: `MDB_meta` behind a page header, as lmdb
 * 3.5.6 writes it. package.json pins that version, and a test compares these offsets with what the installed version
 * reports.
 */
const offsets = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152 } as const
const metaSize = 160
const minPageSize = 4096

/** Meta data of an LMDB file. */
export interface StoreMeta {
  /** In bytes. */
  readonly pageSize: number
  /** Number of the last page in use. */
  readonly lastPage: number
  /** Number of the transaction that wrote this page. */
  readonly transaction: bigint
}

/**
 * Whether an LMDB file is complete, or does not exist yet. LMDB maps the file into memory unchecked: a truncated or
 * foreign file would end the process with a segmentation fault.
 */
export function isWholeStore(path: string): boolean {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return true // what stands in the way of reading it, LMDB reports itself
  }
  try {
    if (fstatSync(file).size === 0) return true
    const newest = readStoreMeta(file)
    if (newest === undefined) return false
    // Checked last: another process may be adding pages, and writes them before it refers to them.
    const { size } = fstatSync(file)
    return size >= (newest.lastPage + 1) * newest.pageSize
  } finally {
    closeSync(file)
  }
}

/** The newer of the two meta pages of an open LMDB file; `undefined` unless it has both. */
export function readStoreMeta(file: number): StoreMeta | undefined {
  const first = readMeta(file, 0)
  const second = first && readMeta(file, first.pageSize)
  return second && (second.transaction > first.transaction ? second : first)
}

function readMeta(file: number, start: number): StoreMeta | undefined {
  const page = Buffer.alloc(metaSize)
  if (readSync(file, page, 0, metaSize, start) < metaSize || page.readUInt32LE(offsets.magic) !== magic)
    return undefined
  const pageSize = page.readUInt32LE(offsets.pageSize)
  const lastPage = Number(page.readBigUInt64LE(offsets.lastPage))
  return pageSize < minPageSize
    ? undefined
    : { pageSize, lastPage, transaction: page.readBigUInt64LE(offsets.transaction) }
}
