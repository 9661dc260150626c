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
 * The CUDA provider's file, where there is one. It is looked for beside ONNX Runtime, for there ONNX Runtime looks too.
 */
export function cudaProviderFile(): string | undefined {
  if (!cudaPlatform) return undefined
  const file = join(runtimeFolder(), providerLibraries[0])
  return existsSync(file) ? file : undefined
}

/**
 * The folder of the ONNX Runtime that this process has loaded, or else will load: the loader looks into the folders of
 * LD_LIBRARY_PATH, as it was when the process started, before it takes the package's own.
 */
function runtimeFolder(): string {
  const loaded = /\/.*\/libonnxruntime\.so\.1$/m.exec(readFileSync('/proc/self/maps', 'utf8'))?.[0]
  if (loaded !== undefined) return dirname(loaded)
  const path = /(?:^|\0)LD_LIBRARY_PATH=([^\0]*)/.exec(readFileSync('/proc/self/environ', 'utf8'))?.[1] ?? ''
  const folders = path.split(':').filter((folder) => folder !== '')
  return folders.find((folder) => existsSync(join(folder, runtimeLibrary))) ?? packagedLibraries()
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
