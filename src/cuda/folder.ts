import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The version of ONNX Runtime that the provider was built with: no other one can load it. */
export const providerVersion = '1.29.0'

/** Where `setUpCuda` puts ONNX Runtime with its provider for CUDA 13, whether it is there or not. */
export function cudaFolder(cacheDir: string): string {
  return join(cacheDir, 'cuda', `onnxruntime-${providerVersion}-cuda13`)
}

/** What a process that is to use CUDA must be started with. */
export interface Surroundings {
  readonly LD_LIBRARY_PATH: string
}

/**
 * The environment variables with which the provider in a cache folder is found; the loader reads them only when a
 * process starts.
 *
 * @param path `LD_LIBRARY_PATH` as it is
 * @returns `undefined` where nothing was set up, and where all is as it must be
 */
export function cudaSurroundings(cacheDir: string, path = ''): Surroundings | undefined {
  const folder = cudaFolder(cacheDir)
  const folders = path.split(':').filter((one) => one !== '')
  if (folders[0] === folder || !existsSync(folder)) return undefined
  return { LD_LIBRARY_PATH: [folder, ...folders.filter((one) => one !== folder)].join(':') }
}
