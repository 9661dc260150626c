import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { ioError, NpluskError, throwIfAborted } from '../core/errors.js'
import { flushFile, renameFlushed } from '../core/flush.js'
import { makeFolder } from '../core/make-folder.js'
import { removeAbandoned } from '../core/temporary.js'
import type { CallOptions } from '../core/progress.js'
import { hashFile } from '../core/hash-file.js'
import { sizeOf } from '../core/size-of.js'
import { downloadError, isWorthRetrying, ServerError, type HubName } from './download-failure.js'
import { countBytes } from './download-progress.js'
import { openPartial } from './partial.js'
import { fetchThrough, type Proxies } from './proxied-fetch.js'

/** One file on the network, and where to put it. */
export interface Download {
  readonly url: string
  /** Path of the finished file. */
  readonly file: string
  /**
   * 64 hex digits, if known beforehand: the file is then checked, and the next call resumes a transfer that was
   * interrupted, by the end of its process too.
   */
  readonly sha256?: string | undefined
  /** Sent to the origin of `url` only, not to others that it redirects to. */
  readonly token?: string | undefined
  /** For files of the hub. */
  readonly hub?: HubName | undefined
}

export interface DownloadOptions extends CallOptions {
  readonly proxies?: Proxies | undefined
}

/** Milliseconds to wait before the second attempt, the third and so on. */
const retryDelays = [500, 1000, 2000]

/**
 * Downloads a file under a temporary name and renames it once complete. An interrupted transfer is resumed within the
 * same call and, if the hash is known, by a later one; errors of the server are retried.
 *
 * @throws NpluskError `DOWNLOAD` when the network fails or the file is not the expected one; `IO`, `ABORTED`
 */
export async function downloadFile(download: Download, options: DownloadOptions): Promise<void> {
  const { file, sha256 } = download
  const folder = dirname(file)
  throwIfAborted(options.signal)
  try {
    makeFolder(folder)
    await using part = await openPartial(file, sha256)
    try {
      const isResumed = (await sizeOf(part.path)) > 0
      await downloadWithRetries(download, part.path, options)
      if (isResumed && !(await isExpected(part.path, sha256))) {
        // The beginning was damaged, as by a power failure. The file stays, as its lock is that of no other.
        await truncate(part.path)
        await downloadWithRetries(download, part.path, options)
      }
      if (!(await isExpected(part.path, sha256))) throw notExpected(download)
      await flushFile(part.path)
      await renameFlushed(part.path, file)
    } catch (error) {
      const isWrong = error instanceof NpluskError && error.code === 'DOWNLOAD' && error.data['wrong'] === true
      if (isWrong || (await sizeOf(part.path)) === 0) await rm(part.path, { force: true })
      throw error
    }
    await removeAbandoned(folder)
  } catch (error) {
    throwIfAborted(options.signal)
    throw ioError(error, `store the download in ${folder}`)
  }
}

async function downloadWithRetries(download: Download, part: string, options: DownloadOptions): Promise<void> {
  const counter = countBytes(options.onProgress)
  const state: TransferState = { validator: undefined }
  for (let attempt = 0; ; attempt++) {
    try {
      await transfer(download, part, state, counter, options)
      return
    } catch (error) {
      throwIfAborted(options.signal)
      const delay = retryDelays[attempt]
      if (delay === undefined || !isWorthRetrying(error)) throw downloadError(error, download.url, download.hub)
      await setTimeout(delay, undefined, { signal: options.signal }).catch(() => undefined)
      throwIfAborted(options.signal)
    }
  }
}

interface TransferState {
  /** The server's ETag for the version of which a part is on disk. */
  validator: string | undefined
}

/** One request, which resumes where the part on disk ends. */
async function transfer(
  { url, token, sha256 }: Download,
  part: string,
  state: TransferState,
  counter: ReturnType<typeof countBytes>,
  { signal, proxies }: DownloadOptions,
): Promise<void> {
  const present = await sizeOf(part)
  const canResume = present > 0 && (sha256 !== undefined || state.validator !== undefined)
  const response = await (
    await fetchThrough(proxies)
  )(url, {
    ...(signal ? { signal } : {}),
    headers: {
      // With compression, lengths and offsets would not be those of the file.
      'accept-encoding': 'identity',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(canResume ? { range: `bytes=${present}-` } : {}),
      ...(canResume && state.validator !== undefined ? { 'if-range': state.validator } : {}),
    },
  })
  if (response.ok && response.headers.get('content-type')?.startsWith('text/html')) {
    await response.body?.cancel()
    const message = `${url} is a web page and no file; give the address of the file itself, or check what stands between you and the server.`
    throw new NpluskError('DOWNLOAD', message, { data: { url } })
  }
  const isPart = response.status === 206 && startOf(response) === present
  if (!response.ok || response.body === null || (response.status === 206 && !isPart)) {
    await response.body?.cancel()
    // The range does not exist, as where the part on disk is complete already or of another file, or is not kept to.
    if (canResume && [206, 416].includes(response.status)) await truncate(part)
    throw new ServerError(response)
  }
  const tag = response.headers.get('etag')
  state.validator = tag === null || tag.startsWith('W/') ? undefined : tag
  const start = isPart ? present : 0
  const length = Number(response.headers.get('content-length') ?? NaN)
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
  const counting: Transform = counter.from(start, start + length)
  await pipeline(body, counting, createWriteStream(part, { flags: isPart ? 'a' : 'w' }))
  const received = (await sizeOf(part)) - start
  if (Number.isFinite(length) && received !== length) throw new Error('the transfer was cut off')
}

async function isExpected(part: string, sha256: string | undefined): Promise<boolean> {
  return sha256 === undefined || (await hashFile(part)) === sha256
}

function notExpected({ url }: Download): NpluskError {
  return new NpluskError(
    'DOWNLOAD',
    `What came from ${url} is not the file on record (its SHA-256 differs); run again, or check what stands between you and the server.`,
    { data: { url, wrong: true } },
  )
}

/** The first byte of a partial response: `Content-Range: bytes 100-199/200`. */
function startOf(response: Response): number | undefined {
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]
  return start === undefined ? undefined : Number(start)
}

/** A short name for an address, for use in file names. */
export function keyOf(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 16)
}
