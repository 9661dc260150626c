import { createHash } from 'node:crypto'
import { openFile, tooLarge } from './regular-file.js'

/** Bytes read at once: with smaller pieces, calls take most of the time. */
const pieceSize = 2 ** 18

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
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(Math.min(pieceSize, Math.max(1, size)))
  for (let done = 0; done < size;) {
    const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, size - done), done)
    if (bytesRead === 0) break
    hash.update(piece.subarray(0, bytesRead))
    done += bytesRead
  }
  return hash.digest('hex')
}
