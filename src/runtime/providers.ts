import { NpluskError } from '../core/errors.js'
import type { OnProgress } from '../core/progress.js'
import type { ProviderProblem } from './cuda-failure.js'
import { cudaProviderFile, showsNvidiaGpu } from './provider-files.js'
import type { Provider } from './session.js'

/** Values of the option `device`: `auto` takes CUDA where it can be loaded, else the CPU. */
export type DeviceChoice = 'auto' | Provider

const flicker: ProviderProblem = { reason: 'it failed once and then worked', remedy: { kind: 'try-again' } }

/**
 * Chooses the execution provider. `listSupportedBackends()` only lists what was compiled in, so CUDA is tried on a tiny
 * graph where its library is present.
 *
 * On a machine that has a GPU or where CUDA was set up, `auto` warns when it falls back to the CPU; elsewhere it does
 * so silently.
 *
 * @throws NpluskError `DEVICE_UNAVAILABLE` with cause and remedy where CUDA is asked for and cannot be loaded
 */
export async function chooseProvider(device: DeviceChoice, onProgress?: OnProgress): Promise<Provider> {
  if (device === 'cpu') return 'cpu'
  const isSetUp = cudaProviderFile() !== undefined
  if (isSetUp && (await loadsCuda())) return 'cuda'
  if (device === 'auto' && !isSetUp && !showsNvidiaGpu()) return 'cpu'
  // Imported here so that neither it nor ONNX Runtime is loaded where there is nothing to diagnose.
  const { diagnoseCuda } = await import('./diagnose-providers.js')
  const status = await diagnoseCuda()
  const { reason, remedy } = status.available ? flicker : status
  if (device === 'auto') {
    onProgress?.({
      type: 'warning',
      code: 'CPU_INSTEAD',
      isUrgent: true,
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
