import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const magic = 0xbeefc0de
/**
 * Where LMDB keeps what is checked here, in bytes from the start of a meta page: `MDB_meta` behind a page header, as
 * lmdb 3.5.6 writes it. package.json pins that version, and a test compares these places with what the installed one
 * says of its file.
 */
const places = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152 } as const
const metaSize = 160
const smallestPage = 4096

/** What an LMDB file says of itself. */
export interface StoreMeta {
  /** In bytes. */
  readonly pageSize: number
  /** Number of the last page in use. */
  readonly lastPage: number
  /** Number of the transaction that wrote this. */
  readonly transaction: bigint
}

/**
 * Whether an LMDB file is whole, or not there yet. LMDB maps the file into memory unseen: one that is cut off, or that
 * is something else, ends the process with a segmentation fault.
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
    // Asked last: another process may be adding pages, and writes them before it names them.
    const { size } = fstatSync(file)
    return size >= (newest.lastPage + 1) * newest.pageSize
  } finally {
    closeSync(file)
  }
}

/** The newer of the two meta pages of an open LMDB file; `undefined` where it does not have both. */
export function readStoreMeta(file: number): StoreMeta | undefined {
  const first = readMeta(file, 0)
  const second = first && readMeta(file, first.pageSize)
  return second && (second.transaction > first.transaction ? second : first)
}

function readMeta(file: number, start: number): StoreMeta | undefined {
  const page = Buffer.alloc(metaSize)
  if (readSync(file, page, 0, metaSize, start) < metaSize || page.readUInt32LE(places.magic) !== magic) return undefined
  const pageSize = page.readUInt32LE(places.pageSize)
  const lastPage = Number(page.readBigUInt64LE(places.lastPage))
  return pageSize < smallestPage
    ? undefined
    : { pageSize, lastPage, transaction: page.readBigUInt64LE(places.transaction) }
}
