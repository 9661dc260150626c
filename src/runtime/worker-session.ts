import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { NpluskError, messageOf } from '../core/errors.js'
import type { PlainTensor, Provider, Session } from './session.js'
import type { Tensors, WorkerAnswer, WorkerFailure, WorkerJob, WorkerTask } from './worker-messages.js'

const workerFile = fileURLToPath(new URL('./session-worker.js', import.meta.url))

/**
 * Opens a graph in a thread of its own: `run` holds that thread and not the caller's. Runs asked for meanwhile wait there, in order,
 * so that one can follow another without a gap. Inputs are copied.
 *
 * @param model the path of an ONNX file, or its bytes, which are copied
 * @throws NpluskError as `openSession`
 */
export async function openWorkerSession(model: string | Uint8Array, provider: Provider = 'cpu'): Promise<Session> {
  // Node's own options are for the program, not for this file: --input-type, say, would keep it from being loaded.
  const worker = new Worker(workerFile, { workerData: { model, provider } satisfies WorkerTask, execArgv: [] })
  const session = new WorkerSession(worker, provider)
  await session.opened
  return session
}

interface Waiting {
  readonly resolve: (results: Record<string, PlainTensor>) => void
  readonly reject: (error: unknown) => void
}

class WorkerSession implements Session {
  readonly provider: Provider
  readonly opened: Promise<void>
  readonly #worker: Worker
  readonly #ended: Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  #runs = 0
  #isClosed = false

  constructor(worker: Worker, provider: Provider) {
    this.#worker = worker
    this.provider = provider
    this.#ended = new Promise((resolve) => worker.once('exit', () => resolve()))
    this.opened = new Promise((resolve, reject) => {
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.type === 'open') {
          this.#rest()
          resolve()
        } else if (answer.type === 'failed' && answer.id === undefined) reject(errorOf(answer.failure))
        else this.#settle(answer)
      })
      const broken = (error: NpluskError) => {
        reject(error)
        for (const waiting of this.#waiting.values()) waiting.reject(error)
        this.#waiting.clear()
      }
      worker.once('error', (cause) => broken(stopped(messageOf(cause), cause)))
      worker.once('exit', () => broken(stopped('it was closed')))
    })
  }

  run(inputs: Tensors, outputs: readonly string[]): Promise<Record<string, PlainTensor>> {
    if (this.#isClosed) return Promise.reject(stopped('it was closed'))
    const id = ++this.#runs
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage({ type: 'run', id, inputs, outputs } satisfies WorkerJob)
    })
  }

  /** Asks the worker to end and waits for it: ending a thread that is inside the runtime would abort the process. */
  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true
      this.#worker.ref()
      this.#worker.postMessage({ type: 'close' } satisfies WorkerJob)
    }
    await this.#ended
  }

  #settle(answer: Extract<WorkerAnswer, { readonly id?: number }>): void {
    const waiting = this.#waiting.get(answer.id!)
    this.#waiting.delete(answer.id!)
    this.#rest()
    if (answer.type === 'done') waiting?.resolve(answer.results)
    else waiting?.reject(errorOf(answer.failure))
  }

  /** A worker that has nothing to do does not keep the process alive. */
  #rest(): void {
    if (this.#waiting.size === 0 && !this.#isClosed) this.#worker.unref()
  }
}

function errorOf({ code, message, data }: WorkerFailure): NpluskError {
  return new NpluskError(code, message, { data: { ...data } })
}

function stopped(reason: string, cause?: unknown): NpluskError {
  return new NpluskError('BAD_MODEL', `The thread that runs the model has stopped: ${reason}; open the model again.`, {
    cause,
  })
}
