import { parentPort } from 'node:worker_threads'
import { NpluskError, messageOf } from '../core/errors.js'
import { openSession, type Session } from './session.js'
import {
  buffersOf,
  modelBuffers,
  type OpenJob,
  type RunJob,
  type WorkerAnswer,
  type WorkerFailure,
  type SessionJob,
} from './worker-messages.js'

// The worker behind `startWorkerSession`: opens a graph, runs requests in order, and ends when told to close.
const port = parentPort!
let session: Session | undefined
let last: Promise<void> = Promise.resolve()
let isClosing = false
port.on('message', (job: SessionJob) => {
  if (job.type === 'close') isClosing = true
  last = last.then(async () => {
    if (job.type === 'close') {
      await session?.close()
      port.close()
    } else if (isClosing) return
    else if (job.type === 'open') await open(job)
    else if (session) await run(session, job)
  })
})

async function open({ model, provider, threads }: OpenJob): Promise<void> {
  try {
    session = await openSession(model, provider, { threads })
    send({ type: 'open', model }, modelBuffers(model))
  } catch (error) {
    send({ type: 'failed', failure: describe(error) })
    port.close()
  }
}

async function run(session: Session, { id, inputs, outputs }: RunJob): Promise<void> {
  try {
    const results = await session.run(inputs, outputs)
    send({ type: 'done', id, results }, buffersOf(Object.values(results).map(({ data }) => data)))
  } catch (error) {
    send({ type: 'failed', id, failure: describe(error) })
  }
}

function send(message: WorkerAnswer, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}

/** Errors lose their class when they are posted between threads. */
function describe(error: unknown): WorkerFailure {
  if (!(error instanceof NpluskError)) return { code: 'BAD_MODEL', message: messageOf(error), data: {} }
  const { code, message, data, remedy } = error
  return { code, message, data, remedy }
}
