import { readdir, rm } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { bottleneckFolder, clearStore, storeSize } from '../features/store.js'
import { ioError } from '../core/errors.js'
import { sizeOfAll } from '../core/size-of.js'
import { isTemporary, removeAbandoned } from '../core/temporary.js'
import { isPartial } from '../fetch/partial.js'
import { cudaFolder } from '../cuda/folder.js'
import { branchFolder, isBranchFile } from '../fine-tuning/branch-cache.js'
import { webRuntimePrefix } from '../export/web-runtime.js'
import { knownModels } from '../catalog/known.js'
import { cacheDirOf } from '../catalog/cache-folder.js'

/** Location of the cache. */
export interface CacheOptions {
  /** @default `~/.cache/nplusk` */
  readonly cacheDir?: string
}

/** Contents of the cache; sizes in bytes. */
export interface CacheInfo {
  readonly folder: string
  readonly bytes: number
  /** Downloaded models, and the runtime for web exports. */
  readonly models: number
  readonly bottlenecks: number
  /** Fine-tuning that was interrupted or dropped, and smaller copies of pictures for it. */
  readonly branches: number
  /** Files that `setUpCuda` installed for CUDA 13, for other versions of ONNX Runtime too. */
  readonly cuda: number
}

export async function cacheInfo(options: CacheOptions = {}): Promise<CacheInfo> {
  const folder = cacheDirOf(options)
  const models = await sizeOfAll(await modelFiles(folder))
  const bottlenecks = await storeSize(bottleneckFolder(folder))
  const cuda = await sizeOfAll(await filesBelow(dirname(cudaFolder(folder))))
  const branches = await sizeOfAll(await filesBelow(branchFolder(folder)))
  return { folder, bytes: models + bottlenecks + branches + cuda, models, bottlenecks, branches, cuda }
}

/**
 * Deletes downloaded models, bottlenecks and what fine-tuning keeps; all are fetched or computed again when needed.
 * Bundles lie elsewhere. Rehearsal packs made by the user stay, and so does the CUDA setup.
 *
 * @returns the number of bytes freed
 * @throws NpluskError `IO` when the file system refuses
 */
export async function clearCache(options: CacheOptions = {}): Promise<{ bytes: number }> {
  const folder = cacheDirOf(options)
  const models = await modelFiles(folder)
  const bottlenecks = bottleneckFolder(folder)
  const branches = (await filesBelow(branchFolder(folder))).filter(isBranchFile)
  const bytes = (await sizeOfAll([...models, ...branches])) + (await storeSize(bottlenecks))
  try {
    for (const file of [...models, ...branches]) await rm(file, { force: true })
    await removeFolders(join(folder, 'models'))
    await clearStore(bottlenecks)
    for (const name of await readdir(folder).catch(() => [])) await removeAbandoned(join(folder, name))
  } catch (error) {
    throw ioError(error, `clear the cache in ${folder}`, 'delete')
  }
  return { bytes }
}

/** The folders that held files of ours alone. */
async function removeFolders(models: string): Promise<void> {
  const names: string[] = await readdir(models).catch(() => [])
  for (const name of names.filter((one) => isOurs(join(one, 'file')))) {
    await rm(join(models, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

/**
 * Files of known models (older versions too), of the hub and of URLs, the runtime for web pages, and remains of
 * interrupted downloads. The user chooses the cache folder, so nothing else in it may be touched.
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

/** Temporary names, and partial downloads that can be resumed. */
function isLeftover(name: string): boolean {
  return isTemporary(name) || isPartial(name)
}
