import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { NpluskError, messageOf } from '../core/errors.js'
import type { PlainTensor, Provider, Session } from './session.js'
import {
  buffersOf,
  type NamedTensors,
  type WorkerAnswer,
  type WorkerFailure,
  type SessionJob,
} from './worker-messages.js'

const workerFile = fileURLToPath(new URL('./session-worker.js', import.meta.url))

/**
 * A session in a thread of its own, which may still be opening its graph: runs wait for that, and fail where it does.
 */
export interface StartedSession extends Session {
  /** @throws NpluskError as `openSession` */
  readonly opened: Promise<void>
}

/**
 * Opens a graph in a thread of its own: `run` holds that thread and not the caller's. Runs asked for meanwhile wait
 * there, in order, so that one can follow another without a gap. Inputs are copied.
 *
 * @param model the path of an ONNX file, or its bytes, which are copied
 * @throws NpluskError as `openSession`
 */
export async function openWorkerSession(model: string | Uint8Array, provider: Provider = 'cpu'): Promise<Session> {
  const session = startWorkerSession(typeof model === 'string' ? model : new Uint8Array(model), provider)
  await session.opened
  return session
}

/**
 * As `openWorkerSession`, but the caller goes on while the graph is opened.
 *
 * @param model the path of an ONNX file, or its bytes, which are handed over: the caller's array is empty afterwards
 * @param explain makes what is thrown of what the runtime says of a graph that it refuses
 */
export function startWorkerSession(
  model: string | Uint8Array,
  provider: Provider,
  explain: Explain = asItIs,
): StartedSession {
  const session = prepared ?? new WorkerSession()
  prepared = undefined
  session.open(model, provider, explain)
  return session
}

/**
 * Starts the thread of the next session: it loads ONNX Runtime while the caller finds out what to open.
 *
 * @returns ends that thread where no session has taken it, as must be done before the process ends
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

const asItIs: Explain = (refusal) => refusal

interface Waiting {
  readonly resolve: (results: Record<string, PlainTensor>) => void
  readonly reject: (error: unknown) => void
}

class WorkerSession implements StartedSession {
  provider: Provider = 'cpu'
  readonly opened: Promise<void>
  // Node's own options are for the program, not for this file: --input-type, say, would keep it from being loaded.
  readonly #worker = new Worker(workerFile, { execArgv: [] })
  readonly #ended: Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  #explain = asItIs
  #runs = 0
  #failure: NpluskError | undefined

  constructor() {
    const worker = this.#worker
    this.#ended = new Promise((resolve) => worker.once('exit', () => resolve()))
    this.opened = new Promise((resolve, reject) => {
      const fail = (error: NpluskError) => {
        this.#failure ??= error
        reject(error)
        for (const waiting of this.#waiting.values()) waiting.reject(error)
        this.#waiting.clear()
      }
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.type === 'open') {
          this.#rest()
          resolve()
        } else if (answer.type === 'failed' && answer.id === undefined)
          fail(this.#explain(errorFromWorker(answer.failure)))
        else this.#settle(answer)
      })
      worker.once('error', (cause) => fail(stopped(messageOf(cause), cause)))
      worker.once('exit', () => fail(stopped('it was closed')))
    })
    // Whoever runs something is told.
    this.opened.catch(() => undefined)
    worker.unref()
  }

  open(model: string | Uint8Array, provider: Provider, explain: Explain): void {
    this.provider = provider
    this.#explain = explain
    this.#send({ type: 'open', model, provider }, typeof model === 'string' ? [] : buffersOf([model]))
  }

  run(inputs: NamedTensors, outputs: readonly string[]): Promise<Record<string, PlainTensor>> {
    if (this.#failure) return Promise.reject(this.#failure)
    const id = ++this.#runs
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#send({ type: 'run', id, inputs, outputs })
    })
  }

  /**
   * Asks the worker to end and waits for it: ending a thread that is inside the runtime would abort the process. A run
   * that it may have begun, the first that has no answer yet, may still get one; the others are dropped.
   */
  async close(): Promise<void> {
    if (!this.#failure) {
      this.#failure = stopped('it was closed')
      for (const [id, { reject }] of [...this.#waiting].slice(1)) {
        this.#waiting.delete(id)
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
    const waiting = this.#waiting.get(answer.id!)
    this.#waiting.delete(answer.id!)
    this.#rest()
    if (answer.type === 'done') waiting?.resolve(answer.results)
    else waiting?.reject(errorFromWorker(answer.failure))
  }

  /** A worker that has nothing to do does not keep the process alive. */
  #rest(): void {
    if (this.#waiting.size === 0 && !this.#failure) this.#worker.unref()
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
