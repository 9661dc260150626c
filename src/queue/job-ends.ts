import type { Queue, QueueEvents } from 'bullmq'
import type { FeaturesJob, FeaturesOutcome } from './jobs.js'

/** How a job ended; `lost` where Redis knows nothing of it any more. */
export type JobEnd = { readonly outcome: FeaturesOutcome } | { readonly failure: string } | 'lost'

export interface JobEnds {
  /** Resolves once the job has ended; rejects once the watch is stopped, or where it was before. */
  of(job: string): Promise<JobEnd>
  /** @param reason what everybody who still waits is told */
  stop(reason: unknown): void
}

/** Milliseconds between two looks at the state of all jobs that are waited for. */
const lookEvery = 5_000

/**
 * Watches jobs by the queue's events, and now and then by their state: events get lost where a connection is, or where
 * the server starts anew.
 *
 * @param onLook told after each of these looks
 */
export function watchJobs(
  queue: Queue<FeaturesJob, FeaturesOutcome>,
  events: QueueEvents,
  onLook: () => Promise<void>,
): JobEnds {
  const waiting = new Map<string, { resolve: (end: JobEnd) => void; reject: (reason: unknown) => void }>()
  const end = (job: string, how: JobEnd) => {
    waiting.get(job)?.resolve(how)
    waiting.delete(job)
  }
  events.on('completed', ({ jobId, returnvalue }) => end(jobId, { outcome: returnvalue as unknown as FeaturesOutcome }))
  events.on('failed', ({ jobId, failedReason }) => end(jobId, { failure: failedReason }))

  const look = async (id: string): Promise<void> => {
    const state = await queue.getJobState(id)
    if (state === 'unknown') return end(id, 'lost')
    if (state !== 'completed' && state !== 'failed') return
    const job = await queue.getJob(id)
    if (job === undefined) end(id, 'lost')
    else end(id, state === 'completed' ? { outcome: job.returnvalue } : { failure: job.failedReason })
  }
  let stopped: { readonly reason: unknown } | undefined
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    // A connection that is gone comes back, or the next look sees what this one could not.
    void Promise.all([...waiting.keys()].map(look))
      .then(onLook)
      .catch(() => undefined)
      .finally(() => (looking = false))
  }, lookEvery)

  return {
    of: (job) =>
      new Promise((resolve, reject) => {
        if (stopped) return reject(stopped.reason as Error)
        waiting.set(job, { resolve, reject })
        // It may have ended before anybody waited for it.
        look(job).catch(() => undefined)
      }),
    stop(reason) {
      stopped ??= { reason }
      clearInterval(timer)
      for (const { reject } of waiting.values()) reject(reason)
      waiting.clear()
    },
  }
}
