import type { CallOptions } from '../core/progress.js'
import { installFromNpm } from '../cuda/install-npm.js'
import { installFromNuget } from '../cuda/install-nuget.js'
import { NpluskError } from '../core/errors.js'
import { noCudaHere } from '../runtime/cuda-failure.js'
import { cudaPlatform } from '../runtime/provider-files.js'
import type { CacheOptions } from './cache.js'
import { cacheDirOf } from '../catalog/cache-folder.js'

/** CUDA releases with a provider. */
export type CudaVersion = '12' | '13'

export interface CudaSetup {
  readonly cuda: CudaVersion
  /** Folder of the provider. */
  readonly folder: string
}

/**
 * Fetches ONNX Runtime's CUDA provider: for CUDA 13 from npm into the cache, for CUDA 12 from NuGet into node_modules,
 * which removes that in the cache. The CUDA libraries, cuDNN and the driver must come from NVIDIA and are
 * not fetched.
 *
 * @throws NpluskError `DEVICE_UNAVAILABLE` when there is none for this platform; `DOWNLOAD`, `IO`, `ABORTED`
 */
export async function setUpCuda({
  cuda = '13',
  ...options
}: CacheOptions & CallOptions & { /** @default '13' */ readonly cuda?: CudaVersion } = {}): Promise<CudaSetup> {
  if (!cudaPlatform) {
    throw new NpluskError('DEVICE_UNAVAILABLE', `There is nothing to set up: ${noCudaHere.reason}.`)
  }
  const install = cuda === '13' ? installFromNpm : installFromNuget
  const folder = await install(cacheDirOf(options), options)
  return { cuda, folder }
}
