import { fork } from 'node:child_process'
import { once } from 'node:events'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { NpluskError, throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { packagedLibraries, providerLibraries, runtimePackage } from '../runtime/provider-files.js'

/**
 * Has the install script of onnxruntime-node fetch the provider for CUDA 12 from NuGet and put it into node_modules. That
 * script checks no hash; what is checked here is that whole libraries came.
 *
 * @returns the folder
 * @throws NpluskError `DOWNLOAD` where NuGet cannot be reached or what came is no library; nothing of it is left then
 */
export async function installFromNuget({ signal }: CallOptions = {}): Promise<string> {
  const folder = packagedLibraries()
  // The bare flag: with a value, the script takes another way when npm runs it.
  const child = fork(join(runtimePackage(), 'script/install.js'), ['--onnxruntime-node-install'], { silent: true })
  const stop = () => child.kill()
  signal?.addEventListener('abort', stop)
  const [log, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit') as Promise<[number | null]>])
  signal?.removeEventListener('abort', stop)
  const files = providerLibraries.map((name) => join(folder, name))
  const complete = code === 0 && (await Promise.all(files.map(isLibrary))).every(Boolean)
  if (complete) return folder
  for (const file of files) await rm(file, { force: true })
  throwIfAborted(signal)
  const why = /^(?:\w*Error|.*\b(?:ENOTFOUND|ECONN\w+|ETIMEDOUT)\b).*$/m.exec(log)?.[0].trim() ?? 'no library came'
  throw new NpluskError(
    'DOWNLOAD',
    `The install script of onnxruntime-node could not fetch the CUDA 12 provider from NuGet (${why}); check the network, or take the one for CUDA 13: extend setup-cuda --cuda 13.`,
    { data: { log } },
  )
}

/** Whether a file is an ELF library that goes as far as its header says: the table of sections is its end. */
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
