import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { NpluskError, messageOf } from '../core/errors.js'
import type { PlainTensor, Provider, Session } from './session.js'
import {
  buffersOf,
  modelBuffers,
  type Model,
  type NamedTensors,
  type WorkerAnswer,
  type WorkerFailure,
  type SessionJob,
} from './worker-messages.js'

const workerFile = fileURLToPath(new URL('./session-worker.js', import.meta.url))

/**
 * A session in a worker thread that may still be opening its graph: runs wait until it is open, and fail where it
 * cannot be opened.
 */
export interface StartedSession extends Session {
  /**
   * Gives the model back, for another session.
   *
   * @throws NpluskError as `openSession`
   */
  readonly opened: Promise<Model>
}

export interface StartOptions {
  /** Rewrites the error where ONNX Runtime refuses the graph. */
  readonly explain?: Explain
  /** As `openSession` takes it. */
  readonly threads?: number | undefined
}

/**
 * Opens a graph in a worker thread, so that `run` does not block the caller's. Further runs queue there in order, so
 * that one follows another without a gap.
 *
 * @param model the path of an ONNX file, or its bytes, which are copied
 * @throws NpluskError as `openSession`
 */
export async function openWorkerSession(model: Model, provider: Provider = 'cpu'): Promise<Session> {
  const session = startWorkerSession(typeof model === 'string' ? model : new Uint8Array(model), provider)
  await session.opened
  return session
}

/**
 * As `openWorkerSession`, but returns at once, while the graph is still being opened.
 *
 * @param model the path of an ONNX file, or its bytes, which are transferred: the caller's array is empty afterwards
 */
export function startWorkerSession(model: Model, provider: Provider, options: StartOptions = {}): StartedSession {
  const session = prepared ?? new WorkerSession()
  prepared = undefined
  session.open(model, provider, options)
  return session
}

/**
 * Starts the worker thread of the next session early, so that it loads ONNX Runtime while the caller determines what to
 * open.
 *
 * @returns a function that ends the thread if no session has taken it; call it before the process ends
 */
export function prepareWorkerSession(): () => Promise<void> {
  const session = (prepared ??= new WorkerSession())
  return async () => {
    if (prepared !== session) return
    prepared = undefined
    await session.close()
  }
}

let prepared: WorkerSession | undefined

type Explain = (refusal: NpluskError) => NpluskError

const unchanged: Explain = (refusal) => refusal

interface PendingRun {
  readonly resolve: (results: Record<string, PlainTensor>) => void
  readonly reject: (error: unknown) => void
}

class WorkerSession implements StartedSession {
  provider: Provider = 'cpu'
  readonly opened: Promise<Model>
  // Node's own flags are meant for the main program; --input-type, say, would keep this file from being loaded.
  readonly #worker = new Worker(workerFile, { execArgv: [] })
  readonly #ended: Promise<void>
  readonly #pending = new Map<number, PendingRun>()
  #explain = unchanged
  #runs = 0
  #failure: NpluskError | undefined

  constructor() {
    const worker = this.#worker
    this.#ended = new Promise((resolve) => worker.once('exit', () => resolve()))
    this.opened = new Promise((resolve, reject) => {
      const fail = (error: NpluskError) => {
        this.#failure ??= error
        reject(error)
        for (const pending of this.#pending.values()) pending.reject(error)
        this.#pending.clear()
      }
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.type === 'open') {
          this.#unrefIfIdle()
          resolve(answer.model)
        } else if (answer.type === 'failed' && answer.id === undefined)
          fail(this.#explain(errorFromWorker(answer.failure)))
        else this.#settle(answer)
      })
      worker.once('error', (cause) => fail(stopped(messageOf(cause), cause)))
      worker.once('exit', () => fail(stopped('it was closed')))
    })
    // Callers of `run` receive the error; nobody may await `opened`, and an unhandled rejection would end the process.
    this.opened.catch(() => undefined)
    worker.unref()
  }

  open(model: Model, provider: Provider, { explain = unchanged, threads }: StartOptions): void {
    this.provider = provider
    this.#explain = explain
    this.#send({ type: 'open', model, provider, threads }, modelBuffers(model))
  }

  run(inputs: NamedTensors, outputs: readonly string[], transfersInputs = false): Promise<Record<string, PlainTensor>> {
    if (this.#failure) return Promise.reject(this.#failure)
    const id = ++this.#runs
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      const arrays = transfersInputs ? Object.values(inputs).map(({ data }) => data) : []
      this.#send({ type: 'run', id, inputs, outputs }, buffersOf(arrays))
    })
  }

  /**
   * Asks the worker to end and waits for it: terminating a thread that is inside ONNX Runtime would abort the process.
   * The oldest pending run may have begun, so it may still complete; the others are rejected.
   */
  async close(): Promise<void> {
    if (!this.#failure) {
      this.#failure = stopped('it was closed')
      for (const [id, { reject }] of [...this.#pending].slice(1)) {
        this.#pending.delete(id)
        reject(this.#failure)
      }
      this.#send({ type: 'close' })
    }
    await this.#ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #send(job: SessionJob, transfer: ArrayBuffer[] = []): void {
    this.#worker.ref()
    this.#worker.postMessage(job, transfer)
  }

  #settle(answer: Extract<WorkerAnswer, { readonly id?: number }>): void {
    const pending = this.#pending.get(answer.id!)
    this.#pending.delete(answer.id!)
    this.#unrefIfIdle()
    if (answer.type === 'done') pending?.resolve(answer.results)
    else pending?.reject(errorFromWorker(answer.failure))
  }

  /** An idle worker does not keep the process alive. */
  #unrefIfIdle(): void {
    if (this.#pending.size === 0 && !this.#failure) this.#worker.unref()
  }
}

function errorFromWorker({ code, message, data, remedy }: WorkerFailure): NpluskError {
  return new NpluskError(code, message, { data, remedy })
}

function stopped(reason: string, cause?: unknown): NpluskError {
  return new NpluskError('BAD_MODEL', `The thread that runs the model has stopped: ${reason}; open the model again.`, {
    cause,
  })
}
