import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { NpluskError } from '../core/errors.js'
import { cpuInstead, type OnProgress } from '../core/progress.js'
import { explainCudaFailure, explainMissing, noCudaHere, notSetUp, type ProviderProblem } from './cuda-failure.js'
import { cudaPlatform, cudaProviderFile, missingLibraries, showsNvidiaGpu } from './provider-files.js'
import type { Provider } from './session.js'

/** What `--device` may say: `auto` takes CUDA where it can be loaded, else the CPU. */
export type DeviceChoice = 'auto' | Provider

/** One execution provider on this machine. */
export type ProviderStatus =
  | { readonly name: Provider; readonly available: true }
  | ({ readonly name: Provider; readonly available: false } & ProviderProblem)

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
  const status = await diagnoseCuda()
  const problem = status.available ? 'it failed once and then worked; try again' : `${status.reason}; ${status.remedy}`
  if (device === 'auto') {
    onProgress?.({
      type: 'warning',
      code: cpuInstead,
      message: `Running on the CPU, as CUDA cannot be used: ${problem}.`,
    })
    return 'cpu'
  }
  throw new NpluskError(
    'DEVICE_UNAVAILABLE',
    `The CUDA execution provider cannot be loaded: ${problem}, or use the device cpu.`,
    { data: { ...status } },
  )
}

/** Finds out which providers can be loaded, and why the others cannot. */
export async function diagnoseProviders(): Promise<ProviderStatus[]> {
  // The CPU provider is part of ONNX Runtime itself.
  return [{ name: 'cpu', available: true }, await diagnoseCuda()]
}

/**
 * The cause of a failure is written by native code to the standard error stream, past JavaScript; so CUDA is tried in a
 * process of its own. A library that crashes on loading takes only that process with it.
 */
async function diagnoseCuda(): Promise<ProviderStatus> {
  const cuda = (problem: ProviderProblem): ProviderStatus => ({ name: 'cuda', available: false, ...problem })
  if (!cudaPlatform) return cuda(noCudaHere)
  const file = cudaProviderFile()
  if (file === undefined) return cuda(notSetUp)
  const child = fork(fileURLToPath(new URL('./probe-cuda.js', import.meta.url)), { silent: true })
  const [log, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit') as Promise<[number | null]>])
  if (code === 0) return { name: 'cuda', available: true }
  // The loader names the first library that it misses; a user wants to hear of all at once.
  const missing = /: cannot open/.test(log) ? await missingLibraries(file) : []
  return cuda(missing.length > 0 ? explainMissing(missing) : explainCudaFailure(log))
}

async function loadsCuda(): Promise<boolean> {
  // ONNX Runtime is loaded into this thread only where there is something to find out.
  const { probeProvider } = await import('./probe-provider.js')
  try {
    await probeProvider('cuda')
    return true
  } catch {
    return false
  }
}
