import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { removeAbandoned, temporaryName } from '../core/atomic-write.js'
import { ioError, NpluskError, throwIfAborted } from '../core/errors.js'
import { makeFolder } from '../core/make-folder.js'
import type { CallOptions } from '../core/progress.js'
import { hashFile } from '../core/hash-file.js'
import { downloadError, isWorthRetrying, ServerError } from './download-failure.js'
import { countBytes } from './download-progress.js'
import { fetchThrough, type Proxies } from './proxied-fetch.js'

/** One file on the network, and where it is to lie. */
export interface Download {
  readonly url: string
  /** Path of the finished file. */
  readonly file: string
  /**
   * 64 hex digits, where they are known beforehand: what comes is checked, and what was cut off is continued by the
   * next call.
   */
  readonly sha256?: string | undefined
  /** Sent to the origin of `url`, and to no other that it redirects to. */
  readonly token?: string | undefined
}

export interface DownloadOptions extends CallOptions {
  readonly proxies?: Proxies | undefined
}

/** Milliseconds before the second attempt, the third and so on. */
const pauses = [500, 1000, 2000]

/**
 * Downloads a file under a temporary name and renames it when it is whole. A transfer that is cut off is continued
 * where it stopped, in the same call and, where the hash is known, in a later one; errors of the server are tried
 * again.
 *
 * @throws NpluskError `DOWNLOAD` when the network fails or what came is not what was asked for, `IO`, `ABORTED`
 */
export async function downloadFile(download: Download, options: DownloadOptions): Promise<void> {
  const { file, sha256 } = download
  const folder = dirname(file)
  const part = temporaryName(file)
  const kept = sha256 === undefined ? undefined : join(folder, `.${sha256.slice(0, 16)}.incomplete`)
  throwIfAborted(options.signal)
  try {
    makeFolder(folder)
    await removeAbandoned(folder, () => true)
    // Taken over by renaming: two processes never write to one file.
    if (kept !== undefined) await rename(kept, part).catch(() => undefined)
    await attempts(download, part, options)
    await verify(download, part)
    await rename(part, file)
  } catch (error) {
    const isWrong = error instanceof NpluskError && error.code === 'DOWNLOAD' && error.data['wrong'] === true
    if (kept !== undefined && !isWrong && (await sizeOf(part)) > 0) await rename(part, kept).catch(() => undefined)
    await rm(part, { force: true }).catch(() => undefined)
    throwIfAborted(options.signal)
    throw ioError(error, `store the download in ${folder}`)
  }
}

async function attempts(download: Download, part: string, options: DownloadOptions): Promise<void> {
  const counter = countBytes(options.onProgress)
  const state: TransferState = { validator: undefined }
  for (let attempt = 0; ; attempt++) {
    try {
      await transfer(download, part, state, counter, options)
      return
    } catch (error) {
      throwIfAborted(options.signal)
      const pause = pauses[attempt]
      if (pause === undefined || !isWorthRetrying(error)) throw downloadError(error, download.url)
      await setTimeout(pause, undefined, { signal: options.signal }).catch(() => undefined)
      throwIfAborted(options.signal)
    }
  }
}

interface TransferState {
  /** The server's tag of the version that the part on disk is of. */
  validator: string | undefined
}

/** One request, from where the part on disk ends. */
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
      // Compressed, lengths and offsets would be of something else.
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
    // There is no such part: what is on disk is whole already, or of something else.
    if (response.status === 416) await rm(part, { force: true })
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

async function verify({ url, sha256 }: Download, part: string): Promise<void> {
  if (sha256 === undefined || (await hashFile(part)) === sha256) return
  throw new NpluskError(
    'DOWNLOAD',
    `What came from ${url} is not the file on record (its SHA-256 differs); run again, or check what stands between you and the server.`,
    { data: { url, wrong: true } },
  )
}

/** First byte of a partial answer: `Content-Range: bytes 100-199/200`. */
function startOf(response: Response): number | undefined {
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]
  return start === undefined ? undefined : Number(start)
}

/** Bytes of a file; 0 where there is none. */
export async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}

/** A short name for an address, as part of a file's name. */
export function keyOf(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 16)
}
