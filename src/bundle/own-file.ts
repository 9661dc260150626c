import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRefusal, NpluskError, readError } from '../core/errors.js'
import { hashFile } from '../core/hash-file.js'
import { contentName, hashedName, modelFile } from './layout.js'

/** A bundle, by where it is. */
export interface InFolder {
  readonly folder: string
}

/**
 * Reads one of a bundle's own files and checks it against the hash in its name.
 *
 * @throws NpluskError `BAD_BUNDLE` when it is damaged, `IO` when it may not be read
 */
export async function readBundleFile({ folder }: InFolder, name: string): Promise<Buffer> {
  const path = join(folder, name)
  const content = await readWholeFile(path)
  if (contentName(name, [content]) !== name) throw damagedPart(path)
  return content
}

/**
 * The path of one of a bundle's own files, for reading it in parts; checked against the hash in its name.
 *
 * @throws NpluskError as `readBundleFile`
 */
export async function checkBundleFile({ folder }: InFolder, name: string): Promise<string> {
  const path = join(folder, name)
  const hash = await hashFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (hashedName(name, hash) !== name) throw damagedPart(path)
  return path
}

/** All of a file of a bundle, whatever is in it; throws as `readBundleFile`. */
export async function readWholeFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** What to say of a file of a bundle that cannot be read. */
export function unreadable(path: string, cause: unknown): NpluskError {
  // Nothing may be wrong with the bundle.
  if (isRefusal(cause)) return readError(cause, path) as NpluskError
  return new NpluskError('BAD_BUNDLE', `${path} cannot be read; restore the bundle from a copy, or build it again.`, {
    cause,
  })
}

/** What to say of a file of a bundle that holds something else. */
export function damagedPart(path: string, cause?: unknown): NpluskError {
  const message = `${path} is damaged; restore it from a copy, or build the bundle again.`
  return new NpluskError('BAD_BUNDLE', message, cause === undefined ? {} : { cause })
}

/** What to say of a bundle whose model's graph turns out to be damaged. */
export function damagedModel(folder: string, cause: unknown): NpluskError {
  return damagedPart(join(folder, modelFile), cause)
}
