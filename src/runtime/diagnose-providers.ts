import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { explainCudaFailure, explainMissing, noCudaHere, notSetUp, type ProviderProblem } from './cuda-failure.js'
import { cudaPlatform, cudaProviderFile, missingLibraries } from './provider-files.js'
import type { Provider } from './session.js'

/** Whether an execution provider can be used on this machine. */
export type ProviderStatus =
  | { readonly name: Provider; readonly available: true }
  | ({ readonly name: Provider; readonly available: false } & ProviderProblem)

/** Determines which providers can be loaded, and why the others cannot. */
export async function diagnoseProviders(): Promise<ProviderStatus[]> {
  // The CPU provider is part of ONNX Runtime itself.
  return [{ name: 'cpu', available: true }, await diagnoseCuda()]
}

/**
 * Tries CUDA in a child process: native code writes the cause of a failure straight to standard error, out of
 * JavaScript's reach, and a library that crashes on loading takes only that process down.
 */
export async function diagnoseCuda(): Promise<ProviderStatus> {
  const cuda = (problem: ProviderProblem): ProviderStatus => ({ name: 'cuda', available: false, ...problem })
  if (!cudaPlatform) return cuda(noCudaHere)
  const file = cudaProviderFile()
  if (file === undefined) return cuda(notSetUp)
  const child = fork(fileURLToPath(new URL('./probe-cuda.js', import.meta.url)), { silent: true, execArgv: [] })
  const [log, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit') as Promise<[number | null]>])
  if (code === 0) return { name: 'cuda', available: true }
  // The loader stops at the first missing library; the user needs to know all of them.
  const missing = /: cannot open/.test(log) ? await missingLibraries(file) : []
  return cuda(missing.length > 0 ? explainMissing(missing) : explainCudaFailure(log))
}
