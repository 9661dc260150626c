import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** Bytes read at once: with smaller pieces, stream overhead takes most of the time. */
const pieceSize = 2 ** 18

/** SHA-256 of a file's bytes, as 64 hex digits; the file is streamed. Throws what the file system throws. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path, { highWaterMark: pieceSize })) hash.update(piece as Buffer)
  return hash.digest('hex')
}
