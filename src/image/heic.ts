import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { messageOf, throwIfAborted } from '../core/errors.js'

/** A picture for a decoding thread. */
export interface HeicJob {
  readonly bytes: Uint8Array
  readonly maxPixels: number
}

export type HeicAnswer = { readonly tiff: Uint8Array } | { readonly failure: string }

/** Beginning of the message when not the picture is at fault but the decoder. */
export const decoderEnded = 'the decoder of HEIC ended:'

interface QueuedJob extends HeicJob {
  readonly signal: AbortSignal | undefined
  readonly resolve: (tiff: Uint8Array) => void
  readonly reject: (error: unknown) => void
}

const workerFile = fileURLToPath(new URL('./heic-worker.js', import.meta.url))

/** Each thread takes a core, and up to half a gigabyte for a picture of 48 megapixels. */
const maxThreads = Math.min(4, availableParallelism())
/** Milliseconds that an idle thread waits for another picture. */
const patience = 1000

const queue: QueuedJob[] = []
const idle: DecodingThread[] = []
let threads = 0

/**
 * Decodes a HEIF picture coded with HEVC, as phones write them, in a worker thread: with the orientation applied, and
 * the colours in the picture's own profile.
 *
 * @returns an uncompressed TIFF that contains the profile
 * @throws Error that says what is wrong with the picture; NpluskError `ABORTED` if the signal fires before its turn
 */
export function heicToTiff(bytes: Uint8Array, maxPixels: number, signal?: AbortSignal): Promise<Uint8Array> {
  const tiff = new Promise<Uint8Array>((resolve, reject) => queue.push({ bytes, maxPixels, signal, resolve, reject }))
  if (idle.length > 0) void idle.pop()!.work()
  else if (threads < maxThreads) void new DecodingThread().work()
  return tiff
}

/** A worker thread, which ends after it has been idle for a while. */
class DecodingThread {
  readonly #worker = new Worker(workerFile, { execArgv: [] })
  #timer: NodeJS.Timeout | undefined
  #hasFailed = false

  constructor() {
    threads++
  }

  /** Decodes the pictures in the queue, until none is left. */
  async work(): Promise<void> {
    clearTimeout(this.#timer)
    this.#worker.ref()
    while (!this.#hasFailed && queue.length > 0) {
      const job = queue.shift()!
      try {
        throwIfAborted(job.signal)
        job.resolve(await this.#decode(job))
      } catch (error) {
        job.reject(error)
      }
    }
    if (this.#hasFailed) {
      threads--
      if (queue.length > 0) void new DecodingThread().work()
      return
    }
    this.#worker.unref()
    idle.push(this)
    this.#timer = setTimeout(() => this.#end(), patience).unref()
  }

  #decode({ bytes, maxPixels }: HeicJob): Promise<Uint8Array> {
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      const settle = (answer: HeicAnswer) => {
        worker.off('message', settle).off('error', fail)
        if ('tiff' in answer) resolve(answer.tiff)
        else reject(new Error(answer.failure))
      }
      const fail = (error: unknown) => {
        this.#hasFailed = true
        settle({ failure: `${decoderEnded} ${messageOf(error)}` })
      }
      worker.on('message', settle).on('error', fail)
      // A copy, because the caller's bytes may be a view on a much larger buffer.
      const copy = new Uint8Array(bytes)
      worker.postMessage({ bytes: copy, maxPixels } satisfies HeicJob, [copy.buffer])
    })
  }

  #end(): void {
    idle.splice(idle.indexOf(this), 1)
    threads--
    void this.#worker.terminate()
  }
}
