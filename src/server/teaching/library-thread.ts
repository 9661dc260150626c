import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { NpluskError, throwIfAborted, type ErrorCode } from '../../core/errors.js'
import type { CallOptions, ProgressEvent } from '../../core/progress.js'
import type { Remedy } from '../../core/remedies.js'
import type { libraryCalls } from './library-calls.js'

const workerFile = fileURLToPath(new URL('./library-worker.js', import.meta.url))

type Calls = typeof libraryCalls
type CallName = keyof Calls
export type OptionsOf<K extends CallName> = Omit<Parameters<Calls[K]>[0], keyof CallOptions>
export type ResultOf<K extends CallName> = Awaited<ReturnType<Calls[K]>>

/** What a thread is started with. */
export interface ThreadJob {
  readonly call: CallName
  readonly options: object
}

/** An `NpluskError`, or without a code any other error. */
export interface ThreadFailure {
  readonly code?: ErrorCode
  readonly message: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly remedy?: Remedy | undefined
  /** Of an error of the system. */
  readonly errno?: string | undefined
  /** What the message leaves out, for the log. */
  readonly cause?: string
}

export type ThreadAnswer =
  | { readonly type: 'progress'; readonly event: ProgressEvent }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly failure: ThreadFailure }

/**
 * Makes a call of the library in a thread of its own, so that the service goes on answering meanwhile. The thread ends
 * with the call, and its memory goes with it.
 *
 * @throws NpluskError of the call, `ABORTED` for the signal; Error where the thread fails
 */
export async function callInThread<K extends CallName>(
  call: K,
  options: OptionsOf<K>,
  { signal, onProgress }: CallOptions,
): Promise<ResultOf<K>> {
  throwIfAborted(signal)
  // Node's own flags are meant for the main program.
  const worker = new Worker(workerFile, { execArgv: [], workerData: { call, options } satisfies ThreadJob })
  // The thread is never terminated: inside ONNX Runtime that would end the process.
  const abort = () => worker.postMessage('abort')
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return (await answerOf(worker, onProgress)) as ResultOf<K>
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/** Resolves once the thread has ended. */
function answerOf(worker: Worker, onProgress: CallOptions['onProgress']): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let answered = () => reject(new Error('The thread ended without an answer.'))
    worker.on('message', (answer: ThreadAnswer) => {
      if (answer.type === 'progress') onProgress?.(answer.event)
      else if (answer.type === 'done') answered = () => resolve(answer.result)
      else answered = () => reject(errorOf(answer.failure))
    })
    worker.once('error', reject)
    worker.once('exit', () => answered())
  })
}

function errorOf({ code, message, errno, ...details }: ThreadFailure): Error {
  if (code !== undefined) return new NpluskError(code, message, details)
  return Object.assign(new Error(message), errno === undefined ? {} : { code: errno })
}
