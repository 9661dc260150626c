import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { explainCudaFailure, explainMissing, noCudaHere, notSetUp, type ProviderProblem } from './cuda-failure.js'
import { cudaPlatform, cudaProviderFile, missingLibraries } from './provider-files.js'
import type { Provider } from './session.js'

/** One execution provider on this machine. */
export type ProviderStatus =
  | { readonly name: Provider; readonly available: true }
  | ({ readonly name: Provider; readonly available: false } & ProviderProblem)

/** Finds out which providers can be loaded, and why the others cannot. */
export async function diagnoseProviders(): Promise<ProviderStatus[]> {
  // The CPU provider is part of ONNX Runtime itself.
  return [{ name: 'cpu', available: true }, await diagnoseCuda()]
}

/**
 * The cause of a failure is written by native code to the standard error stream, past JavaScript; so CUDA is tried in a
 * process of its own. A library that crashes on loading takes only that process with it.
 */
export async function diagnoseCuda(): Promise<ProviderStatus> {
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
