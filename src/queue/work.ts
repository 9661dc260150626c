import { hostname } from 'node:os'
import { once } from 'node:events'
import { remedyOf } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { Remedy } from '../core/remedies.js'
import type { Session } from '../runtime/session.js'
import { shownAddress } from './address.js'
import { checkJob } from './check-job.js'
import { connectQueue } from './connect.js'
import { doAnswersJob } from './do-answers-job.js'
import { doFeaturesJob } from './do-features-job.js'
import { lease, leaseCheck, maxWorkersLost, queueName, type Job, type JobReport, type Outcome } from './jobs.js'
import { seal, unseal, type Sealed } from './seal.js'
import { SessionPool } from './session-pool.js'
import { fetchGraph } from './shared-graph.js'

export interface WorkOptions extends CallOptions {
  /** Address of the Redis server. */
  readonly queue: string
  readonly openSession: (graph: Uint8Array) => Promise<Session>
  readonly onJob?: ((report: JobReport) => void) | undefined
}

/** Jobs in progress at once, so that images of one are decoded while the model runs those of another. */
const jobsAtOnce = 2

/**
 * Processes jobs from a queue until the signal fires, then finishes those in progress. A job that fails is tried again,
 * here or elsewhere.
 *
 * @returns the number of jobs completed
 * @throws NpluskError `USAGE` or `QUEUE` as `connectQueue`
 */
export async function work({ queue, openSession, onJob, signal, onProgress }: WorkOptions): Promise<number> {
  const warn = (message: string, remedy?: Remedy) => onProgress?.({ type: 'warning', code: 'QUEUE', message, remedy })
  const { redis, library, close } = await connectQueue(queue, warn)
  const sessions = new SessionPool(async (graph) => openSession(await fetchGraph(redis, graph)), jobsAtOnce)
  let done = 0
  const machine = hostname()
  const worker = new library.Worker<Sealed<Job>, Sealed<Outcome>>(
    queueName,
    async ({ id, data: sent }) => {
      const started = performance.now()
      const data = checkJob(unseal(sent))
      const outcome = await sessions.use<Outcome>(data.graph, (session) =>
        data.kind === 'features'
          ? doFeaturesJob(data, { redis, session, machine })
          : doAnswersJob(data, { session, machine }),
      )
      done++
      const computed = 'computed' in outcome ? outcome.computed : outcome.length
      const seconds = (performance.now() - started) / 1000
      onJob?.({ job: id ?? '', images: data.images.length, computed, seconds })
      return seal(outcome, sent.checksum)
    },
    {
      connection: redis,
      name: machine,
      concurrency: jobsAtOnce,
      lockDuration: lease,
      stalledInterval: leaseCheck,
      maxStalledCount: maxWorkersLost,
    },
  )
  worker.on('failed', (job, error) => warn(`Job ${job?.id ?? ''} failed: ${error.message}`, remedyOf(error)))
  // Connection failures are already reported by `connectQueue`.
  worker.on('error', () => undefined)
  try {
    onProgress?.({ type: 'info', message: `Waiting for jobs on ${shownAddress(queue)}.` })
    if (!signal?.aborted) await (signal ? once(signal, 'abort') : new Promise(() => undefined))
  } finally {
    await worker.close().finally(close)
    await sessions.close()
  }
  return done
}
