import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const magic = 0xbeefc0de
/** Where LMDB keeps what is checked here, in bytes from the start of a meta page (lmdb 3.5, `MDB_meta` behind a page header). */
const places = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152 } as const
const metaSize = 160
const smallestPage = 4096

/**
 * Whether an LMDB file is whole, or not there yet. LMDB maps the file into memory unseen: one that is cut off, or that is something
 * else, ends the process with a segmentation fault.
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
    const first = readMeta(file, 0)
    if (first === undefined) return false
    const second = readMeta(file, first.pageSize)
    if (second === undefined) return false
    const newest = second.transaction > first.transaction ? second : first
    // Asked last: another process may be adding pages, and writes them before it names them.
    const { size } = fstatSync(file)
    return size >= (newest.lastPage + 1) * newest.pageSize
  } finally {
    closeSync(file)
  }
}

function readMeta(
  file: number,
  start: number,
): { pageSize: number; lastPage: number; transaction: bigint } | undefined {
  const page = Buffer.alloc(metaSize)
  if (readSync(file, page, 0, metaSize, start) < metaSize || page.readUInt32LE(places.magic) !== magic) return undefined
  const pageSize = page.readUInt32LE(places.pageSize)
  const lastPage = Number(page.readBigUInt64LE(places.lastPage))
  return pageSize < smallestPage
    ? undefined
    : { pageSize, lastPage, transaction: page.readBigUInt64LE(places.transaction) }
}
