import { join } from 'node:path'
import { isRefusal, NpluskError, readError } from '../../core/errors.js'
import { openFile, readWhole } from '../../core/regular-file.js'
import { readMetadata } from '../../onnx/read-metadata.js'
import { readRecord } from '../history/record.js'
import { revisionIdOf } from '../history/revision-file.js'
import { encodeManifest, manifestFile, manifestKey, modelFile } from '../layout.js'
import { parseManifest, type Manifest } from '../manifest.js'
import { belongTogether } from '../open-manifest.js'
import { sealOnFile, type Seal } from '../seals/model-seal.js'
import type { FileState } from './file-state.js'

/** The two files that say what a bundle is, and what they say. */
export interface CurrentState {
  readonly model: FileState
  readonly json: FileState
  /** `undefined` where neither of them can be trusted. */
  readonly manifest: Manifest | undefined
  /** `false` where `bundle.json` is of another bundle than the model, or newer: all commands refuse the two. */
  readonly belongTogether: boolean
}

/**
 * Looks at `model.onnx` and `bundle.json`.
 *
 * @throws NpluskError `BAD_BUNDLE` for a bundle of another format, `IO` for a file without read permission
 */
export async function lookAtCurrent(folder: string): Promise<CurrentState> {
  const { seal, inside } = await lookAtModel(join(folder, modelFile))
  const path = join(folder, manifestFile)
  const json = await readWhole(path).catch((error: unknown) => {
    if (isRefusal(error)) throw readError(error, path)
    return undefined
  })
  const besides = json && parsed(json.toString('utf8'), path)
  const withins = inside === undefined ? undefined : parsed(inside, join(folder, modelFile))
  const beside = besides instanceof NpluskError ? undefined : besides
  const within = withins instanceof NpluskError ? undefined : withins
  // Written by a later version: what else is there is not known.
  if (seal === 'whole' && withins instanceof NpluskError) throw withins
  const isSealed = seal === 'whole' && within !== undefined
  const isOld = seal === 'none' && within !== undefined && !(within.sealed ?? beside?.sealed)
  if (!isSealed && !isOld) {
    if (besides instanceof NpluskError && besides.data['format'] !== undefined) throw besides
    const model = seal === undefined ? 'missing' : 'damaged'
    return { model, json: json ? (beside ? 'whole' : 'damaged') : 'missing', manifest: beside, belongTogether: true }
  }
  const fits = isSealed
    ? json?.equals(encodeManifest(within)) || (beside && (await isOneBefore(folder, beside, within)))
    : beside && belongTogether(within, beside)
  return {
    model: isSealed ? 'whole' : 'unsealed',
    json: json === undefined ? 'missing' : fits ? 'whole' : 'damaged',
    manifest: within,
    belongTogether: beside === undefined || belongTogether(within, beside),
  }
}

/** @returns `seal` is `undefined` where there is no such file */
async function lookAtModel(path: string): Promise<{ seal: Seal | undefined; inside?: string | undefined }> {
  const file = await openFile(path).catch((error: unknown) => {
    if (isRefusal(error)) throw readError(error, path)
    return undefined
  })
  if (file === undefined) return { seal: undefined }
  try {
    const seal = await sealOnFile(file)
    return { seal, inside: await readMetadata(file, manifestKey).catch(() => undefined) }
  } finally {
    await file.close()
  }
}

function parsed(json: string, path: string): Manifest | NpluskError {
  try {
    return parseManifest(json, path)
  } catch (error) {
    if (error instanceof NpluskError) return error
    throw error
  }
}

/** Whether `bundle.json` is that of the revision before, as where a process died before it could rename the new one. */
async function isOneBefore(folder: string, beside: Manifest, current: Manifest): Promise<boolean> {
  const record = await readRecord(folder, revisionIdOf(current))
  return record?.parent === revisionIdOf(beside).id
}
