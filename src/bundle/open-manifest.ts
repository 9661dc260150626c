import { constants } from 'node:fs'
import { access, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { isRefusal, NpluskError, readError } from '../core/errors.js'
import { readMetadata } from '../onnx/read-metadata.js'
import { filesOf, manifestFile, manifestKey, modelFile } from './layout.js'
import { parseManifest, type Manifest } from './manifest.js'
import { damagedPart, readWholeFile, unreadable } from './own-file.js'

/**
 * Reads the manifest of the bundle that lies in a folder now, and opens its model, which is to be closed.
 *
 * @throws NpluskError as `openBundle`
 */
export async function openManifest(folder: string): Promise<{ manifest: Manifest; file: FileHandle }> {
  const manifestPath = join(folder, manifestFile)
  const modelPath = join(folder, modelFile)
  // Before the manifest is read: so all that is read is of the model's revision, or newer, and then found not to fit.
  const file = await open(modelPath).catch((cause: unknown) => unreadable(modelPath, cause))
  try {
    const written = parseManifest((await readWholeFile(manifestPath)).toString('utf8'), manifestPath)
    if (file instanceof NpluskError) throw file
    const manifest = await manifestInside(file, modelPath, written)
    if (manifest.revision < written.revision || manifest.base.sha256 !== written.base.sha256) {
      throw new NpluskError(
        'BAD_BUNDLE',
        `${manifestPath} and ${modelFile} belong to different bundles; restore both from one copy.`,
      )
    }
    const missing = await missingFile(folder, manifest)
    if (missing !== undefined) {
      throw new NpluskError('BAD_BUNDLE', `${missing} is missing; restore it from a copy, or build the bundle again.`)
    }
    return { manifest, file }
  } catch (error) {
    if (!(file instanceof NpluskError)) await file.close()
    throw error
  }
}

/**
 * The manifest in the model, which is as new as the one in `bundle.json` or newer. @param written the latter, checked
 */
async function manifestInside(file: FileHandle, path: string, written: Manifest): Promise<Manifest> {
  const inside = await readMetadata(file, manifestKey).catch((cause: unknown) => {
    throw damagedPart(path, cause)
  })
  if (inside === undefined) {
    throw new NpluskError(
      'BAD_BUNDLE',
      `${path} was not written by nplusk; restore the bundle from a copy, or build it again.`,
    )
  }
  return inside === JSON.stringify(written) ? written : parseManifest(inside, path)
}

/**
 * The path of a file that a manifest names and that is not there.
 *
 * @throws NpluskError `IO` for one that may not be read
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
