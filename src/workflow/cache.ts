import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { clearStore, storeSize } from '../bottleneck/store.js'
import { ioError } from '../core/errors.js'
import { webRuntimePrefix } from '../export/web-runtime.js'
import { knownModels } from '../model/known.js'
import type { CacheOptions } from './models.js'
import { cacheDirOf } from './open-backbone.js'

/** What the cache holds; sizes in bytes. */
export interface CacheInfo {
  readonly folder: string
  readonly bytes: number
  /** Downloaded models, and the runtime that goes into web exports. */
  readonly models: number
  readonly bottlenecks: number
}

/** Where the bottlenecks of a cache are kept. */
export function bottleneckFolder(cacheDir: string): string {
  return join(cacheDir, 'bottlenecks')
}

export async function cacheInfo(options: CacheOptions = {}): Promise<CacheInfo> {
  const folder = cacheDirOf(options)
  const sizes = await Promise.all((await modelFiles(folder)).map(async (file) => (await stat(file)).size))
  const models = sizes.reduce((sum, size) => sum + size, 0)
  const bottlenecks = await storeSize(bottleneckFolder(folder))
  return { folder, bytes: models + bottlenecks, models, bottlenecks }
}

/**
 * Deletes the downloaded models and the bottlenecks; both come back when they are needed. Bundles lie elsewhere.
 *
 * @returns the bytes that were freed
 * @throws NpluskError `IO` when the file system refuses
 */
export async function clearCache(options: CacheOptions = {}): Promise<{ bytes: number }> {
  const { folder, bytes } = await cacheInfo(options)
  try {
    for (const file of await modelFiles(folder)) await rm(file, { force: true })
    await clearStore(bottleneckFolder(folder))
  } catch (error) {
    throw ioError(error, `clear the cache in ${folder}`)
  }
  return { bytes }
}

/** Files of known models, of older converters too, and of the runtime for web pages. The user chooses the cache's folder, so nothing else in it is ours to touch. */
async function modelFiles(cacheDir: string): Promise<string[]> {
  const folder = join(cacheDir, 'models')
  const names: string[] = await readdir(folder).catch(() => [])
  const ours = names.filter(
    (name) =>
      name.startsWith(webRuntimePrefix) ||
      (name.endsWith('.onnx') && knownModels.some((known) => name.startsWith(`${known.name}.tflite-onnx-`))),
  )
  return ours.map((name) => join(folder, name))
}
