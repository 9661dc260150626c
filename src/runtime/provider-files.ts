import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** ONNX Runtime's library, which the binding loads. */
export const runtimeLibrary = 'libonnxruntime.so.1'
/** What it loads CUDA with, from its own folder. */
export const providerLibraries = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'] as const

/** Whether ONNX Runtime's binding has a CUDA provider for this platform at all. */
export const cudaPlatform = platform() === 'linux' && arch() === 'x64'

/** The installed package onnxruntime-node. */
export function runtimePackage(): string {
  return dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
}

/** Where that package has its libraries. */
export function packagedLibraries(): string {
  return join(runtimePackage(), 'bin/napi-v6/linux/x64')
}

/**
 * The CUDA provider's file, where there is one. It is looked for beside the ONNX Runtime that this process has loaded,
 * for there ONNX Runtime looks too; which one that is, LD_LIBRARY_PATH has decided when the process started.
 */
export function cudaProviderFile(): string | undefined {
  if (!cudaPlatform) return undefined
  const loaded = /\/.*\/libonnxruntime\.so\.1$/m.exec(readFileSync('/proc/self/maps', 'utf8'))?.[0]
  const file = join(loaded === undefined ? packagedLibraries() : dirname(loaded), providerLibraries[0])
  return existsSync(file) ? file : undefined
}

/** The libraries a library needs and the system does not find; none where that cannot be told. */
export async function missingLibraries(file: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [file]).catch(() => ({ stdout: '' }))
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, library]) => library!)
}

/** Whether the system shows an NVIDIA GPU: `nvidiactl` is the driver's, `dxg` is Windows' for Linux inside it. */
export function showsNvidiaGpu(): boolean {
  return existsSync('/dev/nvidiactl') || (existsSync('/dev/dxg') && existsSync('/usr/lib/wsl/lib/libcuda.so.1'))
}
