import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, open, rm } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { ioError, NpluskError, throwIfAborted } from '../core/errors.js'
import { flushFile, renameFlushed } from '../core/flush.js'
import type { CallOptions } from '../core/progress.js'
import { removeAbandoned, temporaryName } from '../core/temporary.js'
import { cudaFolder } from './folder.js'
import { packagedLibraries, providerLibraries, runtimePackage } from '../runtime/provider-files.js'

/**
 * Has the install script of onnxruntime-node fetch the provider for CUDA 12 from NuGet, then puts it into node_modules.
 * The script checks no hash; this function checks that the libraries are complete. Until they are, an existing provider
 * stays. That for CUDA 13 goes, as it would be taken first.
 *
 * @param cacheDir where the provider for CUDA 13 may be
 * @param home folder of the installed package onnxruntime-node
 * @returns the folder of the libraries
 * @throws NpluskError `DOWNLOAD` where NuGet cannot be reached or what came is no library, and then nothing of it is
 * left; `IO`, `ABORTED`
 */
export async function installFromNuget(
  cacheDir: string,
  { signal }: CallOptions = {},
  home: string = runtimePackage(),
): Promise<string> {
  const libraries = relative(runtimePackage(), packagedLibraries())
  // The script writes beside itself. A copy of it inside the package finds its imports, and the libraries it fetches
  // can be renamed into place.
  const work = temporaryName(join(home, 'setup-cuda'))
  try {
    await cp(join(home, 'script'), join(work, 'script'), { recursive: true })
    await removeAbandoned(home)
    await mkdir(join(work, libraries), { recursive: true })
    const log = await runScript(join(work, 'script', 'install.js'), signal)
    throwIfAborted(signal)
    const fetched = providerLibraries.map((name) => join(work, libraries, name))
    if (log !== undefined || !(await Promise.all(fetched.map(isLibrary))).every(Boolean)) throw failure(log ?? '')
    for (const file of fetched) {
      await flushFile(file)
      await renameFlushed(file, join(home, libraries, basename(file)))
    }
    await rm(cudaFolder(cacheDir), { recursive: true, force: true, maxRetries: 3 })
    return join(home, libraries)
  } catch (error) {
    throw ioError(error, `set up CUDA in ${home}`)
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** @returns what the script wrote to its standard error stream if it failed */
async function runScript(script: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  throwIfAborted(signal)
  // The flag has no value: given one, the script behaves differently when npm runs it.
  const child = fork(script, ['--onnxruntime-node-install'], { silent: true, execArgv: [] })
  const stop = () => child.kill()
  signal?.addEventListener('abort', stop)
  const [log, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit') as Promise<[number | null]>])
  signal?.removeEventListener('abort', stop)
  return code === 0 ? undefined : log
}

function failure(log: string): NpluskError {
  const why = /^(?:\w*Error|.*\b(?:ENOTFOUND|ECONN\w+|ETIMEDOUT)\b).*$/m.exec(log)?.[0].trim() ?? 'no library came'
  return new NpluskError(
    'DOWNLOAD',
    `The install script of onnxruntime-node could not fetch the CUDA 12 provider from NuGet (${why}).`,
    { data: { log }, remedy: { kind: 'set-up-newer-cuda', cuda: 13 } },
  )
}

/** Whether a file is an ELF library as long as its header says: the section table comes last. */
async function isLibrary(path: string): Promise<boolean> {
  const handle = await open(path).catch(() => undefined)
  if (handle === undefined) return false
  try {
    const header = Buffer.alloc(64)
    await handle.read(header, 0, 64, 0)
    if (header.toString('latin1', 0, 4) !== '\x7fELF') return false
    const end = Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60)
    return (await handle.stat()).size >= end
  } finally {
    await handle.close()
  }
}
