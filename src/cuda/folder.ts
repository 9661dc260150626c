import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The version of ONNX Runtime that the provider was built for: no other can load it. */
export const providerVersion = '1.29.0'

/** Where `setUpCuda` puts ONNX Runtime and its provider for CUDA 13, whether or not it exists. */
export function cudaFolder(cacheDir: string): string {
  return join(cacheDir, 'cuda', `onnxruntime-${providerVersion}-cuda13`)
}

/** The environment variables that a process using CUDA must be started with. */
export interface Surroundings {
  readonly LD_LIBRARY_PATH: string
}

/**
 * The environment variables with which the provider in a cache folder is found; the loader reads them only when a
 * process starts.
 *
 * @param path the present `LD_LIBRARY_PATH`
 * @returns `undefined` where nothing was set up, or nothing needs to change
 */
export function cudaSurroundings(cacheDir: string, path = ''): Surroundings | undefined {
  const folder = cudaFolder(cacheDir)
  const folders = path.split(':').filter((one) => one !== '')
  if (folders[0] === folder || !existsSync(folder)) return undefined
  return { LD_LIBRARY_PATH: [folder, ...folders.filter((one) => one !== folder)].join(':') }
}
