import { NpluskError } from '../core/errors.js'
import { cpuInstead, type OnProgress } from '../core/progress.js'
import type { ProviderProblem } from './cuda-failure.js'
import { cudaProviderFile, showsNvidiaGpu } from './provider-files.js'
import type { Provider } from './session.js'

/** What the option `device` may say: `auto` takes CUDA where it can be loaded, else the CPU. */
export type DeviceChoice = 'auto' | Provider

const flicker: ProviderProblem = { reason: 'it failed once and then worked', remedy: { kind: 'try-again' } }

/**
 * Chooses the execution provider. `listSupportedBackends()` only tells what was compiled in, so CUDA is tried on a tiny
 * graph, where a file to load it from is there.
 *
 * `auto` tells in a warning why it takes the CPU on a machine where somebody set CUDA up, or that has a GPU; elsewhere
 * that goes without saying.
 *
 * @throws NpluskError `DEVICE_UNAVAILABLE` with cause and remedy when CUDA is asked for and cannot be loaded
 */
export async function chooseProvider(device: DeviceChoice, onProgress?: OnProgress): Promise<Provider> {
  if (device === 'cpu') return 'cpu'
  const isSetUp = cudaProviderFile() !== undefined
  if (isSetUp && (await loadsCuda())) return 'cuda'
  if (device === 'auto' && !isSetUp && !showsNvidiaGpu()) return 'cpu'
  // Neither this nor ONNX Runtime is loaded where there is nothing to find out.
  const { diagnoseCuda } = await import('./diagnose-providers.js')
  const status = await diagnoseCuda()
  const { reason, remedy } = status.available ? flicker : status
  if (device === 'auto') {
    onProgress?.({
      type: 'warning',
      code: cpuInstead,
      message: `Running on the CPU, as CUDA cannot be used: ${reason}.`,
      remedy,
    })
    return 'cpu'
  }
  throw new NpluskError('DEVICE_UNAVAILABLE', `The CUDA execution provider cannot be loaded: ${reason}.`, {
    data: { ...status },
    remedy: { kind: 'mend-or-use-cpu', mend: remedy },
  })
}

async function loadsCuda(): Promise<boolean> {
  const { probeProvider } = await import('./probe-provider.js')
  try {
    await probeProvider('cuda')
    return true
  } catch {
    return false
  }
}
