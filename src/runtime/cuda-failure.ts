/** Why a provider cannot be used, and what to do about it: two clauses without a full stop. */
export interface ProviderProblem {
  readonly reason: string
  readonly remedy: string
}

const installCommand = 'node node_modules/onnxruntime-node/script/install --onnxruntime-node-install'

/** Patterns of ONNX Runtime's native log, most specific first. */
const knownFailures: readonly {
  readonly pattern: RegExp
  readonly explain: (match: RegExpMatchArray) => ProviderProblem
}[] = [
  {
    pattern: /CUDA failure (\d+): ([^;\n]+)/,
    explain: ([, number, text]) => ({
      reason: `CUDA failure ${number}: ${text!.trim()}`,
      remedy: 'check with nvidia-smi that this machine has an NVIDIA GPU that this process may use',
    }),
  },
  {
    pattern: /libcuda\.so\.1: cannot open/,
    explain: () => ({
      reason: 'there is no NVIDIA driver (libcuda.so.1 is missing)',
      remedy: 'install the NVIDIA driver',
    }),
  },
  {
    pattern: /onnxruntime_providers_\w+\.(?:so|dll)\S* ?(?:: cannot open|.*error 126)/,
    explain: () => ({ reason: "ONNX Runtime's CUDA provider is not installed", remedy: `run ${installCommand}` }),
  },
  {
    pattern: /(lib[\w.+-]+\.so[\d.]*): cannot open/,
    explain: ([, library]) => ({
      reason: `the CUDA library ${library} is missing`,
      remedy: 'install the CUDA libraries and cuDNN, and put their folders on LD_LIBRARY_PATH before starting',
    }),
  },
  {
    pattern: /not (?:enabled|supported|available) in this build|backend not found/i,
    explain: () => ({ reason: 'ONNX Runtime has no CUDA provider for this platform', remedy: 'use the CPU' }),
  },
]

/** Reads the cause out of what ONNX Runtime wrote while it failed to load its CUDA provider. */
export function explainCudaFailure(log: string): ProviderProblem {
  for (const { pattern, explain } of knownFailures) {
    const match = log.match(pattern)
    if (match) return explain(match)
  }
  const lastLine = log.trim().split('\n').at(-1)?.trim()
  return {
    reason: lastLine || 'the process that tried to load it crashed',
    remedy: 'see the CUDA section of the README',
  }
}
