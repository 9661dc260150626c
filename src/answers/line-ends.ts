import { createReadStream } from 'node:fs'
import { readError } from '../core/errors.js'

/**
 * Number of line ends from one byte of a file to another.
 *
 * @param to the end of the file by default
 * @throws NpluskError `IO`
 */
export async function lineEnds(path: string, from = 0, to = Infinity): Promise<number> {
  let count = 0
  try {
    for await (const chunk of createReadStream(path, { start: from, end: to - 1 }) as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) count++
    }
  } catch (error) {
    throw readError(error, path)
  }
  return count
}
