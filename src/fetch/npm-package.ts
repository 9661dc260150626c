import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ioError, messageOf, NpluskError, throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { proxiesForNpm, type Proxies } from './proxied-fetch.js'
import type { NpmSource } from './source.js'

export interface NpmOptions extends CallOptions {
  /** Address of the package registry; default: npm's public one. */
  readonly registry?: string | undefined
  /** @default as the environment says */
  readonly proxies?: Proxies | undefined
}

/** A package in one version, and the integrity and size of its tarball. */
export type NpmPackage = Omit<NpmSource, 'kind' | 'path' | 'converted'>

/**
 * Downloads a package, checks it against the recorded integrity and reads one file of it.
 *
 * @param folder an empty folder for all intermediate files, npm's cache included; the caller removes it
 * @throws NpluskError `DOWNLOAD`, `IO` or `ABORTED`; `USAGE` for a proxy without a usable address
 */
export async function downloadFromNpm(source: NpmSource, folder: string, options: NpmOptions): Promise<Uint8Array> {
  return readPackageFile(await downloadPackage(source, folder, options), source.path, source)
}

/** As `downloadFromNpm`, for a whole package; returns the folder inside `folder` that it was unpacked to. */
export async function downloadPackage(source: NpmPackage, folder: string, options: NpmOptions): Promise<string> {
  // Loaded on demand: its hundreds of modules would slow down the start of every command.
  const { default: pacote } = await import('pacote')
  const { signal, onProgress, registry, proxies } = options
  const npmOptions = {
    cache: join(folder, 'npm-cache'),
    integrity: source.integrity,
    ...proxiesForNpm(proxies, registry),
    ...(registry === undefined ? {} : { registry }),
    ...(signal === undefined ? {} : { signal }),
    fetchRetries: 2,
    fetchRetryMintimeout: 500,
    fetchRetryMaxtimeout: 2000,
  }
  const unpacked = join(folder, 'package')
  const total = source.bytes
  let reported = 0
  onProgress?.({ type: 'progress', stage: 'download', done: 0, total, unit: 'bytes' })

  // pacote may restart after a damaged transfer; the number reported never falls.
  const saveTarball = async (tarball: Transform): Promise<void> => {
    let received = 0
    tarball.on('data', (chunk: Uint8Array) => {
      received += chunk.length
      if (received <= reported || received >= total) return
      reported = received
      onProgress?.({ type: 'progress', stage: 'download', done: received, total, unit: 'bytes' })
    })
    await pipeline(tarball, createWriteStream(join(folder, 'package.tgz')))
  }

  try {
    await pacote.tarball.stream(`${source.package}@${source.version}`, saveTarball, npmOptions)
    onProgress?.({ type: 'progress', stage: 'download', done: total, total, unit: 'bytes' })
    throwIfAborted(signal)
    await pacote.extract('file:package.tgz', unpacked, { where: folder, cache: npmOptions.cache })
  } catch (error) {
    throwIfAborted(signal)
    throw downloadError(error, source)
  }
  return unpacked
}

/**
 * Reads a file of an unpacked package.
 *
 * @throws NpluskError `DOWNLOAD` where the package does not contain it
 */
export async function readPackageFile(folder: string, path: string, source: NpmPackage): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, path))
  } catch (cause) {
    const message = `The npm package ${source.package}@${source.version} holds no file ${path}; update nplusk.`
    throw new NpluskError('DOWNLOAD', message, { cause, data: { path } })
  }
}

/** Error codes of npm and Node for bytes that are not the expected ones. */
const damaged = new Set([
  'EINTEGRITY',
  'EBADSIZE',
  'Z_DATA_ERROR',
  'Z_BUF_ERROR',
  'TAR_BAD_ARCHIVE',
  'ERR_STREAM_PREMATURE_CLOSE',
])
const missing = new Set(['E404', 'ETARGET', 'ENOVERSIONS'])

function downloadError(error: unknown, source: NpmPackage): unknown {
  const code = (error as { code?: string }).code ?? ''
  const name = `${source.package}@${source.version}`
  const data = { code, package: name }
  if (damaged.has(code)) {
    return new NpluskError(
      'DOWNLOAD',
      `What came as the npm package ${name} is cut off or not what was published; run again, or check what stands between you and the registry.`,
      { cause: error, data },
    )
  }
  if (missing.has(code)) {
    return new NpluskError(
      'DOWNLOAD',
      `The package registry has no ${name}; check that the registry or its mirror carries it.`,
      { cause: error, data },
    )
  }
  const fromDisk = ioError(error, 'store the download in the cache folder')
  if (fromDisk !== error) return fromDisk
  return new NpluskError('DOWNLOAD', `Cannot download the npm package ${name} (${messageOf(error)}).`, {
    cause: error,
    data,
    remedy: { kind: 'check-network' },
  })
}
