import { readdir, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { bottleneckFolder, clearStore, storeSize } from '../features/store.js'
import { ioError } from '../core/errors.js'
import { cudaFolder } from '../cuda/folder.js'
import { webRuntimePrefix } from '../export/web-runtime.js'
import { knownModels } from '../catalog/known.js'
import { cacheDirOf } from '../catalog/cache-folder.js'

/** Where known models are kept. */
export interface CacheOptions {
  /** @default `~/.cache/nplusk` */
  readonly cacheDir?: string
}

/** What the cache holds; sizes in bytes. */
export interface CacheInfo {
  readonly folder: string
  readonly bytes: number
  /** Downloaded models, and the runtime that goes into web exports. */
  readonly models: number
  readonly bottlenecks: number
  /** What `setUpCuda` put there for CUDA 13, for other versions of ONNX Runtime too. */
  readonly cuda: number
}

export async function cacheInfo(options: CacheOptions = {}): Promise<CacheInfo> {
  const folder = cacheDirOf(options)
  const models = await sizeOf(await modelFiles(folder))
  const bottlenecks = await storeSize(bottleneckFolder(folder))
  const cuda = await sizeOf(await filesBelow(dirname(cudaFolder(folder))))
  return { folder, bytes: models + bottlenecks + cuda, models, bottlenecks, cuda }
}

/**
 * Deletes the downloaded models and the bottlenecks; both come back when they are needed. Bundles lie elsewhere;
 * rehearsal packs that the user had made stay, and so does what was set up for CUDA.
 *
 * @returns the bytes that were freed
 * @throws NpluskError `IO` when the file system refuses
 */
export async function clearCache(options: CacheOptions = {}): Promise<{ bytes: number }> {
  const folder = cacheDirOf(options)
  const models = await modelFiles(folder)
  const bottlenecks = bottleneckFolder(folder)
  const bytes = (await sizeOf(models)) + (await storeSize(bottlenecks))
  try {
    for (const file of models) await rm(file, { force: true })
    await clearStore(bottlenecks)
  } catch (error) {
    throw ioError(error, `clear the cache in ${folder}`, 'delete')
  }
  return { bytes }
}

/** Of all files together; of one that is gone by now 0, as a download in another process may have ended. */
async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

/**
 * Files of known models, of older versions too, of the hub and of addresses, the runtime for web pages, and what was
 * left of downloads that were cut off. The user chooses the cache's folder, so nothing else in it is ours to touch.
 */
async function modelFiles(cacheDir: string): Promise<string[]> {
  const folder = join(cacheDir, 'models')
  return (await filesBelow(folder)).filter((file) => isOurs(relative(folder, file)))
}

function isOurs(path: string): boolean {
  const [first = '', ...below] = path.split(sep)
  if (below.length > 0) return first === 'hub' || first === 'url' || isLeftover(first)
  const isKnown = knownModels.some(({ name }) => first.startsWith(`${name}.`))
  return (first.endsWith('.onnx') && isKnown) || first.startsWith(webRuntimePrefix) || isLeftover(first)
}

/** The temporary names of `core/atomic-write.ts`, and parts of downloads that can be continued. */
function isLeftover(name: string): boolean {
  return /^\..+\.[0-9a-f]{12}\.tmp$|^\.[0-9a-f]{16}\.incomplete$/.test(name)
}
