import { dirname, join } from 'node:path'
import { isRefusal, NpluskError, readError } from '../core/errors.js'
import { hashFile } from '../core/hash-file.js'
import { hashOf } from '../core/hash-of.js'
import { readWhole } from '../core/regular-file.js'
import type { Remedy } from '../core/remedies.js'
import { hashedName, modelFile, type Part } from './layout.js'

/** A bundle, identified by its folder. */
export interface InFolder {
  readonly folder: string
}

/**
 * Reads a file of a bundle and checks it against its hash.
 *
 * @throws NpluskError `BAD_BUNDLE` when it is damaged, `IO` when it may not be read
 */
export async function readBundleFile({ folder }: InFolder, part: Part): Promise<Buffer> {
  const path = join(folder, part.file)
  const content = await readWholeFile(path)
  if (!isHashOf(part, hashOf(content))) throw damagedPart(path)
  return content
}

/**
 * Checks a file of a bundle against its hash.
 *
 * @returns its path, for reading in blocks, and SHA-256 of its content
 * @throws NpluskError as `readBundleFile`
 */
export async function checkBundleFile(
  { folder }: InFolder,
  part: Part,
): Promise<{ readonly path: string; readonly sha256: string }> {
  const path = join(folder, part.file)
  const sha256 = await hashFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (!isHashOf(part, sha256)) throw damagedPart(path)
  return { path, sha256 }
}

/** Whether a file of a bundle is there, and is what its hash says. */
export async function isWhole(bundle: InFolder, part: Part): Promise<boolean> {
  return checkBundleFile(bundle, part).then(
    () => true,
    () => false,
  )
}

function isHashOf(part: Part, sha256: string): boolean {
  return hashedName(part.file, sha256) === part.file && (part.sha256 ?? sha256) === sha256
}

/** Reads a whole file of a bundle without checking its content; throws as `readBundleFile`. */
export async function readWholeFile(path: string): Promise<Buffer> {
  try {
    return await readWhole(path)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** The error for a file of a bundle that cannot be read. */
export function unreadable(path: string, cause: unknown): NpluskError {
  // The bundle itself may be intact.
  if (isRefusal(cause)) return readError(cause, path) as NpluskError
  const message = `${path} cannot be read; restore the bundle from a copy, or build it again.`
  return new NpluskError('BAD_BUNDLE', message, { cause, remedy: verifying(path) })
}

/** What to do about a file in the folder of a bundle. */
export function verifying(path: string): Remedy {
  return { kind: 'verify-bundle', bundle: dirname(path) }
}

/** The error for a file of a bundle with unexpected content. */
export function damagedPart(path: string, cause?: unknown): NpluskError {
  const message = `${path} is damaged; restore it from a copy, or build the bundle again.`
  return new NpluskError('BAD_BUNDLE', message, {
    remedy: verifying(path),
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The error for a bundle whose model has a damaged graph. */
export function damagedModel(folder: string, cause?: unknown): NpluskError {
  return damagedPart(join(folder, modelFile), cause)
}
