import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { writeFileAtomic } from '../core/atomic-write.js'
import { ioError, throwIfAborted } from '../core/errors.js'
import { hashOf } from '../core/hash-of.js'
import { makeFolder } from '../core/make-folder.js'
import { readWhole } from '../core/regular-file.js'
import { removeAbandoned, temporaryName } from '../core/temporary.js'
import { downloadPackage, readPackageFile, type NpmOptions, type NpmPackage } from '../fetch/npm-package.js'

/** A version of onnxruntime-web, and the SHA-256 of the files needed from it, by path. */
export interface RuntimePackage extends NpmPackage {
  readonly files?: Readonly<Record<string, string>>
}

/** The version that all checks here were made with. */
const runtimePackage: RuntimePackage = {
  package: 'onnxruntime-web',
  version: '1.29.0',
  integrity: 'sha512-LuQlpX6MFLJZu756erwUeb1mNfoJGbs1kzDwJGNlf5RvfYMdqhcY3vNpDPK40CUV2HoWTkIj+uS0o36GFHjeYw==',
  bytes: 32_364_153,
  files: {
    'dist/ort.wasm.bundle.min.mjs': '7a3913dc5c7a9c3ad1144f5fbfecd402bc5013bcc886bc67664b18d8a15ab298',
    'dist/ort-wasm-simd-threaded.wasm': 'ec8580a9d7b9476ceee52e10a7f94124e4dc71a019d666ed6d4726697c109a4d',
  },
}

/** The files, of 136 MB, that inference on the CPU in a browser needs. */
const needed = ['dist/ort.wasm.bundle.min.mjs', 'dist/ort-wasm-simd-threaded.wasm']

/** Prefix of these files in the cache's folder of downloads. */
export const webRuntimePrefix = 'onnxruntime-web-'

/**
 * Returns the files of onnxruntime-web that a page needs, by name: from the cache where they are intact, else from the
 * npm registry, checked against the integrity on record and cached.
 *
 * @throws NpluskError `DOWNLOAD`, `IO` or `ABORTED`
 */
export async function fetchWebRuntime(
  options: NpmOptions & { readonly cacheDir: string },
  source: RuntimePackage = runtimePackage,
): Promise<Map<string, Uint8Array>> {
  const folder = join(options.cacheDir, 'models')
  const cachePath = (path: string) => join(folder, `${webRuntimePrefix}${source.version}.${basename(path)}`)
  const cached = await Promise.all(needed.map((path) => readIntact(cachePath(path), source.files?.[path])))
  if (cached.every((content) => content !== undefined)) return byName(cached)

  throwIfAborted(options.signal)
  const temporary = temporaryName(join(folder, webRuntimePrefix))
  try {
    makeFolder(temporary)
    await removeAbandoned(folder)
  } catch (error) {
    throw ioError(error, `write to the cache folder ${options.cacheDir}`)
  }
  try {
    const unpacked = await downloadPackage(source, temporary, options)
    const contents = await Promise.all(needed.map((path) => readPackageFile(unpacked, path, source)))
    for (const [i, content] of contents.entries()) await writeFileAtomic(cachePath(needed[i]!), content)
    return byName(contents)
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 })
  }
}

/**
 * Reads a file from the cache; `undefined` where it is missing or damaged.
 *
 * @param sha256 the expected hash, where it is known
 */
async function readIntact(file: string, sha256: string | undefined): Promise<Uint8Array | undefined> {
  const content = await readWhole(file).catch(() => undefined)
  if (content === undefined || content.length === 0) return undefined
  return sha256 === undefined || hashOf(content) === sha256 ? content : undefined
}

function byName(contents: readonly Uint8Array[]): Map<string, Uint8Array> {
  return new Map(contents.map((content, i) => [basename(needed[i]!), content]))
}
