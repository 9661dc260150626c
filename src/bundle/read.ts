import { constants } from 'node:fs'
import { access, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { isRefusal, NpluskError, readError } from '../core/errors.js'
import { modelIn } from '../catalog/model-folder.js'
import { readMetadata } from '../onnx/read-metadata.js'
import { filesOf, isBundle, manifestFile, manifestKey, modelFile } from './layout.js'
import { parseManifest, type Manifest } from './manifest.js'
import { damagedPart, readPart, unreadable } from './own-file.js'

/** A bundle on disk, found whole. */
export interface Bundle {
  readonly folder: string
  readonly manifest: Manifest
}

/** A bundle whose model can be read, whatever another process puts in its place. */
export interface OpenedBundle extends Bundle {
  /** The `model.onnx` that the manifest was read out of. To be closed. */
  readonly file: FileHandle
}

/** A bundle with its model. */
export interface LoadedBundle extends Bundle {
  /** What `model.onnx` held. */
  readonly model: Uint8Array
}

/**
 * Reads a bundle, but not its model.
 *
 * @throws NpluskError as `openBundle`
 */
export async function readBundle(folder: string): Promise<Bundle> {
  const { manifest, file } = await openBundle(folder)
  await file.close()
  return { folder, manifest }
}

/**
 * Reads a bundle and its model.
 *
 * @throws NpluskError as `openBundle`
 */
export async function loadBundle(folder: string): Promise<LoadedBundle> {
  const { manifest, file } = await openBundle(folder)
  try {
    return { folder, manifest, model: await file.readFile() }
  } finally {
    await file.close()
  }
}

/**
 * Reads the model of a bundle that was read before.
 *
 * @throws NpluskError as `openBundle`, and `CONFLICT` when it is not that bundle any more
 */
export async function loadModelOf({ folder, manifest }: Bundle): Promise<LoadedBundle> {
  const loaded = await loadBundle(folder)
  if (!isDeepStrictEqual(loaded.manifest, manifest)) throw changedMeanwhile(folder)
  return loaded
}

/** What to say where a bundle is another one than at the start of a command. */
export function changedMeanwhile(folder: string): NpluskError {
  return new NpluskError(
    'CONFLICT',
    `Another process changed ${folder} meanwhile; nothing was written, run the command again.`,
  )
}

/**
 * Reads a bundle's manifest, and opens its model.
 *
 * `model.onnx` repeats the manifest, and is the file whose renaming makes a change take effect; should a process have died
 * before it could rename `bundle.json` as well, the newer one counts.
 *
 * @throws NpluskError `NOT_FOUND` when there is no bundle, `BAD_BUNDLE` when it is damaged or of another format; the model's graph is
 * not looked at; `IO` when its files may not be read
 */
export async function openBundle(folder: string): Promise<OpenedBundle> {
  if (!(await isBundle(folder))) {
    throw noBundle(folder, (await modelIn(folder)) !== undefined)
  }
  // A writer that changes the bundle meanwhile removes what the earlier revision needed; then the new one is there to be read.
  return openCurrent(folder).catch(() => openCurrent(folder))
}

function noBundle(folder: string, holdsModel: boolean): NpluskError {
  const message = holdsModel
    ? `${folder} holds an ONNX model that nplusk did not write, and no bundle; make one of it with "extend --add DIR --model ${folder} --out BUNDLE".`
    : `${folder} is not a bundle; make one with "extend --add DIR --out ${folder}".`
  return new NpluskError('NOT_FOUND', message)
}

async function openCurrent(folder: string): Promise<OpenedBundle> {
  const manifestPath = join(folder, manifestFile)
  const modelPath = join(folder, modelFile)
  // Before the manifest is read: so all that is read is of the model's revision, or newer, and then found not to fit.
  const file = await open(modelPath).catch((cause: unknown) => unreadable(modelPath, cause))
  try {
    const written = parseManifest((await readPart(manifestPath)).toString('utf8'), manifestPath)
    if (file instanceof NpluskError) throw file
    const manifest = await manifestInside(file, modelPath)
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
    return { folder, manifest, file }
  } catch (error) {
    if (!(file instanceof NpluskError)) await file.close()
    throw error
  }
}

/** The manifest in the model, which is as new as the one in `bundle.json` or newer. */
async function manifestInside(file: FileHandle, path: string): Promise<Manifest> {
  const inside = await readMetadata(file, manifestKey).catch((cause: unknown) => {
    throw damagedPart(path, cause)
  })
  if (inside === undefined) {
    throw new NpluskError(
      'BAD_BUNDLE',
      `${path} was not written by nplusk; restore the bundle from a copy, or build it again.`,
    )
  }
  return parseManifest(inside, path)
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
