import { constants } from 'node:fs'
import { access, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { isRefusal, NpluskError, readError } from '../core/errors.js'
import { openFile } from '../core/regular-file.js'
import { readMetadata } from '../onnx/read-metadata.js'
import { filesOf, manifestFile, manifestKey, modelFile } from './layout.js'
import { parseManifest, type Manifest } from './manifest.js'
import { damagedPart, readWholeFile, unreadable, verifying } from './own-file.js'
import { sealOnFile } from './seals/model-seal.js'

/**
 * Reads the manifest of the bundle in a folder and opens its model, which the caller must close.
 *
 * @throws NpluskError as `openBundle`
 */
export async function openManifest(folder: string): Promise<{ manifest: Manifest; file: FileHandle }> {
  const manifestPath = join(folder, manifestFile)
  const modelPath = join(folder, modelFile)
  // Opened before the manifest is read: everything read later is of the same revision or newer, and a mismatch is
  // detected.
  const file = await openFile(modelPath).catch((cause: unknown) => unreadable(modelPath, cause))
  try {
    const written = await readWritten(manifestPath)
    if (file instanceof NpluskError) throw written instanceof NpluskError ? written : file
    const manifest = await manifestInside(file, modelPath, written)
    if (!(written instanceof NpluskError) && !belongTogether(manifest, written)) {
      throw new NpluskError(
        'BAD_BUNDLE',
        `${manifestPath} and ${modelFile} belong to different bundles; restore both from one copy.`,
      )
    }
    const missing = await missingFile(folder, manifest)
    if (missing !== undefined) {
      const message = `${missing} is missing; restore it from a copy, or build the bundle again.`
      throw new NpluskError('BAD_BUNDLE', message, { remedy: verifying(missing) })
    }
    return { manifest, file }
  } catch (error) {
    if (!(file instanceof NpluskError)) await file.close()
    throw error
  }
}

/**
 * Whether `bundle.json` can be that of the model: it is written after it, and so is never newer.
 *
 * @param inside from the model
 * @param beside from `bundle.json`
 */
export function belongTogether(inside: Manifest, beside: Manifest): boolean {
  return beside.revision <= inside.revision && beside.base.sha256 === inside.base.sha256
}

/** The manifest in `bundle.json`, or what is wrong with it. */
async function readWritten(path: string): Promise<Manifest | NpluskError> {
  try {
    return parseManifest((await readWholeFile(path)).toString('utf8'), path)
  } catch (error) {
    if (error instanceof NpluskError && error.code === 'BAD_BUNDLE') return error
    throw error
  }
}

/**
 * The manifest in the model, which is at least as new as that in `bundle.json`. Where both agree it is taken as it is;
 * else only from a model whose seal is whole, or from one of an earlier version, which has none.
 *
 * @param written from `bundle.json`: a model with a seal makes up for a damaged one
 */
async function manifestInside(file: FileHandle, path: string, written: Manifest | NpluskError): Promise<Manifest> {
  const inside = await readMetadata(file, manifestKey).catch((cause: unknown) => {
    throw damagedPart(path, cause)
  })
  if (inside === undefined) {
    throw new NpluskError(
      'BAD_BUNDLE',
      `${path} was not written by nplusk; restore the bundle from a copy, or build it again.`,
    )
  }
  const beside = written instanceof NpluskError ? undefined : written
  if (inside === JSON.stringify(beside)) return beside!
  const seal = await sealOnFile(file)
  if (seal === 'broken') throw damagedPart(path)
  if (seal === 'none' && written instanceof NpluskError) throw written
  const manifest = parseManifest(inside, path)
  if (seal === 'none' && (manifest.sealed ?? beside?.sealed)) throw damagedPart(path)
  return manifest
}

/**
 * The path of a file that the manifest names but that is missing.
 *
 * @throws NpluskError `IO` for a file without read permission
 */
async function missingFile(folder: string, manifest: Manifest): Promise<string | undefined> {
  for (const name of filesOf(manifest)) {
    const path = join(folder, name)
    const failure: unknown = await access(path, constants.R_OK).catch((error: unknown) => error)
    if (isRefusal(failure)) throw readError(failure, path)
    if (failure !== undefined) return path
  }
  return undefined
}
