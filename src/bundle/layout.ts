import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isRefusal, readError } from '../core/errors.js'
import { openFile } from '../core/regular-file.js'
import { readMetadata } from '../onnx/read-metadata.js'
import type { Increment, Manifest } from './manifest.js'

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
  const file = await openFile(model).catch(() => undefined)
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
  return hashedName(kind, hashOfContent(content))
}

/** SHA-256 of a file's content, in hexadecimal. */
export function hashOfContent(content: Iterable<Uint8Array>): string {
  const hash = createHash('sha256')
  for (const piece of content) hash.update(piece)
  return hash.digest('hex')
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

/** The content of `bundle.json`. */
export function encodeManifest(manifest: Manifest): Buffer {
  return Buffer.from(JSON.stringify(manifest, undefined, 1))
}

/** A file that a manifest names. */
export interface Part {
  readonly file: string
  /** SHA-256 of its content; absent in bundles of earlier versions, which have the start of it in the name alone. */
  readonly sha256?: string | undefined
}

/** The files that a manifest names, besides model and manifest. */
export function partsOf({ backbone, rehearsal, increments }: Manifest): Part[] {
  return [backbone, ...(rehearsal ? [rehearsal] : []), ...increments.map(featuresOf)]
}

/** The names of these files. */
export function filesOf(manifest: Manifest): string[] {
  return partsOf(manifest).map(({ file }) => file)
}

/** The file of an increment's features. */
export function featuresOf({ features, sha256 }: Increment): Part {
  return { file: features, sha256 }
}
