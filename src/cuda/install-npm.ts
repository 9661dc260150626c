import { chmod, copyFile, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { putFolderInPlace } from '../core/atomic-folder.js'
import { ioError, NpluskError, throwIfAborted } from '../core/errors.js'
import { flushFile, flushFolder } from '../core/flush.js'
import { makeFolder } from '../core/make-folder.js'
import { hashFile } from '../core/hash-file.js'
import { removeAbandoned, temporaryName } from '../core/temporary.js'
import { downloadPackage, type NpmOptions, type NpmPackage } from '../fetch/npm-package.js'
import { packagedLibraries, runtimeLibrary } from '../runtime/provider-files.js'
import { runtimeVersion } from '../runtime/session.js'
import { cudaFolder, providerVersion } from './folder.js'

/** A package on npm, and the files needed from it with their SHA-256. */
export interface ProviderPackage extends NpmPackage {
  readonly folder: string
  readonly files: Readonly<Record<string, string>>
}

/** ONNX Runtime's own build of its CUDA provider for CUDA 13, from a package that ships it for Unity. */
export const cuda13Package: ProviderPackage = {
  package: 'com.github.asus4.onnxruntime.linux-x64-gpu',
  version: '0.4.9',
  integrity: 'sha512-FopIhNE/Ng+v2X65wVc9clPCBCvhvA53Hxo2U0Kf5fGdVsC7iCA+mZ0KLWggcQAj7TIZ6pNidR4AC10g74Xo6w==',
  bytes: 179_145_956,
  folder: 'Plugins/Linux/x64',
  files: {
    'libonnxruntime_providers_cuda.so': '56cf3254b118ad837ccc4ed8f6d1b23504bbf7ef91b34cbc0b289cb7f10b3037',
    'libonnxruntime_providers_shared.so': 'c6a12593396095f5670160e284c35d1700b7708cf3037b7042e2a5200ccae772',
  },
}

/**
 * Puts the provider for CUDA 13 into the cache, beside a copy of the ONNX Runtime that loads it; node_modules is not
 * touched. The folder appears only when complete, and is kept where it is complete already.
 *
 * @returns the folder
 * @throws NpluskError `DEVICE_UNAVAILABLE` where another version of ONNX Runtime is installed; `DOWNLOAD`, `IO`,
 * `ABORTED`
 */
export async function installFromNpm(
  cacheDir: string,
  options: NpmOptions = {},
  source: ProviderPackage = cuda13Package,
): Promise<string> {
  if (runtimeVersion !== providerVersion) {
    throw new NpluskError(
      'DEVICE_UNAVAILABLE',
      `The CUDA 13 provider is of ONNX Runtime ${providerVersion}, but ${runtimeVersion} is installed; install onnxruntime-node@${providerVersion}.`,
    )
  }
  const folder = cudaFolder(cacheDir)
  if (await isComplete(folder, source)) return folder
  const [work, done] = [temporaryName(folder), temporaryName(folder)]
  try {
    makeFolder(work)
    makeFolder(done)
    await removeAbandoned(dirname(folder))
    const unpacked = await downloadPackage(source, work, options)
    for (const name of Object.keys(source.files)) {
      await rename(join(unpacked, source.folder, name), join(done, name))
    }
    await copyFile(join(packagedLibraries(), runtimeLibrary), join(done, runtimeLibrary))
    // npm unpacks files without execute permission; the loader does not mind, but tools such as ldd do.
    for (const name of Object.keys(source.files)) await chmod(join(done, name), 0o755)
    if (!(await isComplete(done, source))) {
      throw new NpluskError(
        'DOWNLOAD',
        `The files in the npm package ${source.package}@${source.version} are not those on record; update nplusk.`,
      )
    }
    throwIfAborted(options.signal)
    for (const name of await readdir(done)) await flushFile(join(done, name))
    await flushFolder(done)
    await putFolderInPlace(done, folder)
    return folder
  } catch (error) {
    throw ioError(error, `set up CUDA in ${folder}`)
  } finally {
    for (const one of [work, done]) await rm(one, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Whether a folder holds the files on record and the installed ONNX Runtime. */
async function isComplete(folder: string, { files }: ProviderPackage): Promise<boolean> {
  const hashOf = (path: string) => hashFile(path).catch(() => undefined)
  for (const [name, hash] of Object.entries(files)) if ((await hashOf(join(folder, name))) !== hash) return false
  return (await hashOf(join(folder, runtimeLibrary))) === (await hashOf(join(packagedLibraries(), runtimeLibrary)))
}
