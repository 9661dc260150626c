import { access, constants } from 'node:fs/promises'
import type { CallOptions } from '../core/progress.js'
import { fetchKnownModel, knownModelFile } from '../model/fetch.js'
import { knownModels, type KnownModel } from '../model/known.js'
import { cacheDirOf } from './open-backbone.js'
import type { KnownModelInfo } from './types.js'

/** Where known models are kept. */
export interface CacheOptions {
  /** @default `~/.cache/nplusk` */
  readonly cacheDir?: string
}

/** The base classifiers that can be asked for by name, and which of them are on this machine. */
export async function listModels(options: CacheOptions = {}): Promise<KnownModelInfo[]> {
  return Promise.all(knownModels.map((known) => describe(known, cacheDirOf(options))))
}

/**
 * Fetches a known model into the cache, unless it is there.
 *
 * @throws NpluskError `NOT_FOUND` for an unknown name; `DOWNLOAD`, `BAD_MODEL`, `IO`, `ABORTED`
 */
export async function pullModel({
  name,
  ...options
}: CacheOptions & CallOptions & { readonly name: string }): Promise<KnownModelInfo> {
  const cacheDir = cacheDirOf(options)
  const { known } = await fetchKnownModel(name, { ...options, cacheDir })
  return describe(known, cacheDir)
}

async function describe(known: KnownModel, cacheDir: string): Promise<KnownModelInfo> {
  const file = knownModelFile(known, cacheDir)
  const cached = await access(file, constants.R_OK).then(
    () => true,
    () => false,
  )
  const { name, title, classes, licence, source } = known
  return {
    name,
    description: title,
    classes: classes.count - (classes.background ? 1 : 0),
    licence,
    downloadSize: source.bytes,
    cached,
    file: cached ? file : null,
  }
}
