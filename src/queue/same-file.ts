import { messageOf, NpluskError } from '../core/errors.js'
import { hashFile } from '../core/hash-file.js'
import { hashOf } from '../core/hash-of.js'
import { mostBytes, readWhole } from '../core/regular-file.js'

/**
 * Reads a file that a sender has named, by a path that may lead elsewhere on another machine: what another picture
 * gives, under this one's name, would be silently wrong.
 *
 * @param hash SHA-256 of the sender's file
 * @throws NpluskError `QUEUE` where the file is missing or differs; another machine may have the right one
 */
export async function readSameFile(path: string, hash: string, machine: string): Promise<Uint8Array> {
  // Not read into memory before it is known to be that file.
  await checkSameFile(path, hash, machine)
  const bytes = await readWhole(path)
  if (hashOf(bytes) !== hash) throw anotherFile(path, machine)
  return bytes
}

/** Checks such a file without keeping it in memory; throws as `readSameFile`. */
export async function checkSameFile(path: string, hash: string, machine: string): Promise<void> {
  const found = await hashFile(path, mostBytes).catch((cause: unknown) => {
    const remedy = 'workers need the images under the same paths as the machine that sends them'
    throw new NpluskError('QUEUE', `Cannot read "${path}" on ${machine} (${messageOf(cause)}); ${remedy}.`, { cause })
  })
  if (found !== hash) throw anotherFile(path, machine)
}

function anotherFile(path: string, machine: string): NpluskError {
  return new NpluskError(
    'QUEUE',
    `"${path}" on ${machine} is not the file that was sent, by its content; make the path lead to the same file on all machines.`,
  )
}
