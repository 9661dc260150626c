import { parentPort, workerData } from 'node:worker_threads'
import { NpluskError } from '../../core/errors.js'
import type { CallOptions } from '../../core/progress.js'
import { reasonsOf } from '../report-failure.js'
import { libraryCalls } from './library-calls.js'
import type { ThreadAnswer, ThreadFailure, ThreadJob } from './library-thread.js'

// The thread behind `callInThread`: makes one call, tells what happens, and ends.
const port = parentPort!
const abort = new AbortController()
port.on('message', () => abort.abort())
void answer(workerData as ThreadJob)

async function answer({ call, options }: ThreadJob): Promise<void> {
  try {
    const run = libraryCalls[call] as (options: object) => Promise<unknown>
    const watch: CallOptions = { signal: abort.signal, onProgress: (event) => send({ type: 'progress', event }) }
    send({ type: 'done', result: await run({ ...options, ...watch }) })
  } catch (error) {
    send({ type: 'failed', failure: describe(error) })
  } finally {
    port.close()
  }
}

function send(answer: ThreadAnswer): void {
  port.postMessage(answer)
}

/** Errors lose their class when they are posted between threads. */
function describe(error: unknown): ThreadFailure {
  if (error instanceof NpluskError) {
    const { code, message, data, remedy, cause } = error
    return { code, message, data, remedy, ...(cause === undefined ? {} : { cause: reasonsOf(cause) }) }
  }
  if (!(error instanceof Error)) return { message: String(error) }
  return { message: error.stack ?? error.message, errno: (error as NodeJS.ErrnoException).code }
}
