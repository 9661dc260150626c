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
 * Whether a folder is (or once was) a bundle; a model of another origin makes none of it.
 *
 * @throws NpluskError `IO` where it is there and may not be read
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

/** A file's name with the hash of its content in it: `features-1a2b….safetensors`. */
export function contentName(kind: string, content: Iterable<Uint8Array>): string {
  const hash = createHash('sha256')
  for (const piece of content) hash.update(piece)
  return hashedName(kind, hash.digest('hex'))
}

/** As `contentName`, where the content's SHA-256 is known. @param sha256 in hexadecimal digits */
export function hashedName(kind: string, sha256: string): string {
  const dot = kind.lastIndexOf('.')
  const stem = kind.slice(0, dot).replace(/-[0-9a-f]{16}$/, '')
  return `${stem}-${sha256.slice(0, 16)}${kind.slice(dot)}`
}

/** The files beside model and manifest that a manifest names. */
export function filesOf({ backbone, rehearsal, increments }: Manifest): string[] {
  return [backbone.file, ...(rehearsal ? [rehearsal.file] : []), ...increments.map(({ features }) => features)]
}
