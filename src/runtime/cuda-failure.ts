import type { Remedy } from '../core/remedies.js'

/** Why a provider cannot be used, and what to do about it. */
export interface ProviderProblem {
  /** A clause without a full stop. */
  readonly reason: string
  readonly remedy: Remedy
}

const checkGpu = mend('check with nvidia-smi that this machine has an NVIDIA GPU that this process may use')

/** The CUDA provider's library is not in the folder of ONNX Runtime. */
export const notSetUp: ProviderProblem = {
  reason: "ONNX Runtime's CUDA provider is not set up",
  remedy: { kind: 'set-up-cuda' },
}

/** ONNX Runtime is not built with CUDA for this platform. */
export const noCudaHere: ProviderProblem = {
  reason: 'ONNX Runtime has no CUDA provider for this platform',
  remedy: mend('use the CPU, or Linux on x64'),
}

/** Remedies by CUDA error number. */
const cudaRemedies: Readonly<Record<string, Remedy>> = {
  35: mend('update the NVIDIA driver: it is older than the CUDA libraries'),
  209: { kind: 'set-up-older-cuda', cuda: 12 },
}

/** Patterns in ONNX Runtime's native log, most specific first. */
const knownFailures: readonly {
  readonly pattern: RegExp
  readonly explain: (match: RegExpMatchArray) => ProviderProblem
}[] = [
  {
    pattern: /CUDA failure (\d+): ([^;\n]+)/,
    explain: ([, number, text]) => ({
      reason: `CUDA failure ${number}: ${text!.trim()}`,
      remedy: cudaRemedies[number!] ?? checkGpu,
    }),
  },
  {
    pattern: /onnxruntime_providers_\w+\.(?:so|dll)\S* ?(?:: cannot open|.*error 126)/,
    explain: () => notSetUp,
  },
  { pattern: /(lib[\w.+-]+\.so[\d.]*): cannot open/, explain: ([, library]) => explainMissing([library!]) },
  {
    pattern: /(onnxruntime_providers_\w+\.so): (file too short|cannot read file data|invalid ELF header)/,
    explain: ([, file, text]) => ({
      reason: `the file lib${file} is damaged (${text})`,
      remedy: { kind: 'set-up-cuda-again', libraries: 'damaged' },
    }),
  },
  {
    pattern: /(undefined symbol: [^\s,]+|version `\S+' not found)/,
    explain: ([, text]) => ({
      reason: `ONNX Runtime, its CUDA provider and the CUDA libraries do not fit together (${text})`,
      remedy: { kind: 'set-up-cuda-again', libraries: 'mismatched' },
    }),
  },
  { pattern: /not (?:enabled|supported|available) in this build|backend not found/i, explain: () => noCudaHere },
]

/** Finds the cause in what ONNX Runtime logged while it failed to load its CUDA provider. */
export function explainCudaFailure(log: string): ProviderProblem {
  for (const { pattern, explain } of knownFailures) {
    const match = log.match(pattern)
    if (match) return explain(match)
  }
  const lastLine = log.trim().split('\n').at(-1)?.trim()
  return {
    reason: lastLine || 'the process that tried to load it crashed',
    remedy: mend('see the CUDA section of the README'),
  }
}

/** Explains missing shared libraries, given their file names; the NVIDIA driver's may be among them. */
export function explainMissing(libraries: readonly string[]): ProviderProblem {
  const cudaLibraries = libraries.filter((name) => name !== 'libcuda.so.1')
  const lacksDriver = cudaLibraries.length < libraries.length
  const reasons = [
    ...(cudaLibraries.length > 0
      ? [
          cudaLibraries.length > 1
            ? `the CUDA libraries ${cudaLibraries.join(', ')} are missing`
            : `the CUDA library ${cudaLibraries[0]} is missing`,
        ]
      : []),
    ...(lacksDriver ? ['there is no NVIDIA driver (libcuda.so.1 is missing)'] : []),
  ]
  const version = /\.so\.(1[23])\b/.exec(cudaLibraries.filter((name) => /cublas|cudart/.test(name)).join(' '))?.[1]
  const what = version === undefined ? 'CUDA libraries' : `CUDA ${version} libraries`
  const remedies = [
    ...(lacksDriver ? ['install the NVIDIA driver'] : []),
    ...(cudaLibraries.length > 0
      ? [`install the ${what} and cuDNN 9 (${packagesFor(version)}), or put their folders on LD_LIBRARY_PATH`]
      : []),
  ]
  return { reason: reasons.join(', and '), remedy: mend(remedies.join('; ')) }
}

/** A remedy outside this program. */
function mend(what: string): Remedy {
  return { kind: 'mend-machine', what }
}

function packagesFor(version = '13'): string {
  const release = version === '12' ? '12-9' : '13-0'
  return `with NVIDIA's package repository: apt install cuda-libraries-${release} libcudnn9-cuda-${version}`
}
