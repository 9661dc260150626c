import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { openFile, tooLarge } from './regular-file.js'

/** Bytes read at once: with smaller pieces, calls take most of the time. */
const pieceSize = 2 ** 20

/**
 * SHA-256 of a file's bytes, as 64 hex digits; the file is read in pieces, up to the size that it has at first. Throws
 * as `readWhole`.
 *
 * @param most bytes it may have at most
 */
export async function hashFile(path: string, most = Infinity): Promise<string> {
  await using handle = await openFile(path)
  const { size } = await handle.stat()
  if (size > most) throw tooLarge(path, size, most)
  return (await hashStart(handle, size)).sha256
}

/**
 * SHA-256 of the first bytes of an open file.
 *
 * @param length bytes to read
 * @returns `read`: the bytes that it is of, fewer where the file ends before
 * @throws the file system's error
 */
export async function hashStart(file: FileHandle, length: number): Promise<{ sha256: string; read: number }> {
  const hash = createHash('sha256')
  // One piece of memory for all of the file: what is new is cleared first, which takes half as long as the hash.
  const piece = Buffer.allocUnsafe(Math.min(pieceSize, Math.max(1, length)))
  let read = 0
  while (read < length) {
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, length - read), read)
    if (bytesRead === 0) break
    hash.update(piece.subarray(0, bytesRead))
    read += bytesRead
  }
  return { sha256: hash.digest('hex'), read }
}
