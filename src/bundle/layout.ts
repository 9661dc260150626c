import { createHash } from 'node:crypto'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isRefusal, readError } from '../core/errors.js'
import { readMetadata } from '../onnx/read-metadata.js'
import type { Manifest } from './manifest.js'

export const modelFile = 'model.onnx'
export const manifestFile = 'bundle.json'
/** The `metadata_props` entry that repeats the manifest inside the model. */
export const manifestKey = 'nplusk.manifest'

/**
 * Whether a folder is a bundle, or the remains of one; a model from elsewhere does not make it one.
 *
 * @throws NpluskError `IO` when the folder exists but may not be read
 */
export async function isBundle(folder: string): Promise<boolean> {
  const names: string[] = await readdir(folder).catch((error: unknown) => {
    if (isRefusal(error)) throw readError(error, folder)
    return []
  })
  return names.includes(manifestFile) || (names.includes(modelFile) && (await isOurs(join(folder, modelFile))))
}

async function isOurs(model: string): Promise<boolean> {
  const file = await open(model).catch(() => undefined)
  try {
    return file !== undefined && (await readMetadata(file, manifestKey)) !== undefined
  } catch {
    return false
  } finally {
    await file?.close()
  }
}

/** A file name that contains the hash of the file's content: `features-1a2b….safetensors`. */
export function contentName(kind: string, content: Iterable<Uint8Array>): string {
  const hash = createHash('sha256')
  for (const piece of content) hash.update(piece)
  return hashedName(kind, hash.digest('hex'))
}

/**
 * Like `contentName`, for a known hash.
 *
 * @param sha256 SHA-256 of the content, in hexadecimal
 */
export function hashedName(kind: string, sha256: string): string {
  const dot = kind.lastIndexOf('.')
  const stem = kind.slice(0, dot).replace(/-[0-9a-f]{16}$/, '')
  return `${stem}-${sha256.slice(0, 16)}${kind.slice(dot)}`
}

/** The files that a manifest names, besides model and manifest. */
export function filesOf({ backbone, rehearsal, increments }: Manifest): string[] {
  return [backbone.file, ...(rehearsal ? [rehearsal.file] : []), ...increments.map(({ features }) => features)]
}
