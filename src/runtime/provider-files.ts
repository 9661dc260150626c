import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** ONNX Runtime's shared library, which its Node binding loads. */
export const runtimeLibrary = 'libonnxruntime.so.1'
/** The libraries of the CUDA provider, which ONNX Runtime loads from its own folder. */
export const providerLibraries = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'] as const

/** Whether ONNX Runtime's binding has a CUDA provider for this platform at all. */
export const cudaPlatform = platform() === 'linux' && arch() === 'x64'

/** Folder of the installed package onnxruntime-node. */
export function runtimePackage(): string {
  return dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
}

/** Folder of the shared libraries in that package. */
export function packagedLibraries(): string {
  return join(runtimePackage(), 'bin/napi-v6/linux/x64')
}

/**
 * Path of the CUDA provider's library in the folder of ONNX Runtime, which looks for it there; `undefined` where there
 * is none.
 */
export function cudaProviderFile(): string | undefined {
  if (!cudaPlatform) return undefined
  const file = join(runtimeFolder(), providerLibraries[0])
  return existsSync(file) ? file : undefined
}

/**
 * Folder of the ONNX Runtime library that this process has loaded or will load: the loader searches LD_LIBRARY_PATH, as
 * it was when the process started, before the package's own folder.
 */
function runtimeFolder(): string {
  const loaded = /\/.*\/libonnxruntime\.so\.1$/m.exec(ownText('/proc/self/maps'))?.[0]
  if (loaded !== undefined) return dirname(loaded)
  const path = /(?:^|\0)LD_LIBRARY_PATH=([^\0]*)/.exec(ownText('/proc/self/environ'))?.[1] ?? ''
  const folders = path.split(':').filter((folder) => folder !== '')
  return folders.find((folder) => existsSync(join(folder, runtimeLibrary))) ?? packagedLibraries()
}

/** What the system tells a process of itself; '' where it does not, as in a jail without /proc. */
function ownText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Dependencies of a library that the loader cannot find; empty where `ldd` cannot tell. */
export async function missingLibraries(file: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [file]).catch(() => ({ stdout: '' }))
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, library]) => library!)
}

/** Whether there is an NVIDIA GPU: `nvidiactl` belongs to the Linux driver, `dxg` to WSL. */
export function showsNvidiaGpu(): boolean {
  return existsSync('/dev/nvidiactl') || (existsSync('/dev/dxg') && existsSync('/usr/lib/wsl/lib/libcuda.so.1'))
}
