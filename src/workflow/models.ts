import { NpluskError } from '../core/errors.js'
import { isReadable } from '../core/is-readable.js'
import { fetchKnownModel, knownModelFile } from '../catalog/fetch-model.js'
import type { KnownModel } from '../catalog/known-model.js'
import { knownModels } from '../catalog/known.js'
import type { ModelSource } from '../fetch/source.js'
import type { CacheOptions } from './cache.js'
import { makePack } from '../rehearsal/make-pack.js'
import { findModelFile } from '../classifier/model-file.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { cacheDirOf } from '../catalog/cache-folder.js'

export interface KnownModelInfo {
  readonly name: string
  readonly description: string
  /** Without a background class. */
  readonly classes: number
  readonly input: { readonly width: number; readonly height: number }
  /** SPDX identifier. */
  readonly licence: string
  /** Published accuracy with its source; `null` where none is published for this file. */
  readonly accuracy: KnownModel['accuracy']
  /** Size of the download in bytes. */
  readonly downloadSize: number
  /** URL, npm package or hub file that it comes from. */
  readonly source: string
  readonly cached: boolean
  /** Path on this machine; `null` unless it has been pulled. */
  readonly file: string | null
}

export interface PullOptions extends Omit<ModelOptions, 'model'> {
  /** The name of a known model, `hf:owner/name`, a URL, or an ONNX file (to make a rehearsal pack for it). */
  readonly name: string
  /** A folder of old images to make a rehearsal pack of, which `extendModel` then uses as the model's built-in one. */
  readonly rehearsal?: string
}

export interface PulledModel {
  readonly name: string
  /** The ONNX file on this machine. */
  readonly file: string
  readonly rehearsal: { readonly file: string; readonly images: number; readonly bytes: number } | null
}

/** Lists the base models that are known by name, and which of them are on this machine. */
export async function listModels(options: CacheOptions = {}): Promise<KnownModelInfo[]> {
  return Promise.all(knownModels.map((known) => describe(known, cacheDirOf(options))))
}

/**
 * Fetches a model into the cache unless an intact copy is there. With `rehearsal` it also makes a pack of the features
 * of old images, which later calls use as the model's built-in one.
 *
 * @throws NpluskError `NOT_FOUND` for an unknown name; `DOWNLOAD`, `BAD_MODEL`, `BAD_INPUT`, `IO`, `ABORTED`
 */
export async function pullModel({ name, rehearsal, ...options }: PullOptions): Promise<PulledModel> {
  const fetching = { ...options, cacheDir: cacheDirOf(options) }
  const { file } = (await findModelFile(name, fetching)) ?? (await fetchKnownModel(name, fetching))
  if (!(await isReadable(file))) throw new NpluskError('NOT_FOUND', `There is no file ${file}; name an ONNX file.`)
  if (rehearsal === undefined) return { name, file, rehearsal: null }
  return { name, file, rehearsal: await makePack({ ...options, model: name, rehearsal }) }
}

async function describe(known: KnownModel, cacheDir: string): Promise<KnownModelInfo> {
  const file = knownModelFile(known, cacheDir)
  const cached = await isReadable(file)
  const { name, title, classes, preprocess, licence, accuracy, source } = known
  return {
    name,
    description: title,
    classes: classes.count - (classes.background ? 1 : 0),
    input: { width: preprocess.width, height: preprocess.height },
    licence,
    accuracy,
    downloadSize: source.bytes,
    source: addressOf(source),
    cached,
    file: cached ? file : null,
  }
}

function addressOf(source: ModelSource): string {
  switch (source.kind) {
    case 'npm':
      return `npm:${source.package}@${source.version}`
    case 'url':
      return source.url
    case 'hub':
      return `hf:${source.repo}@${source.revision}/${source.path}`
  }
}
