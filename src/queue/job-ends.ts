import type { Queue, QueueEvents } from 'bullmq'
import type { Job } from './jobs.js'
import type { Sealed } from './seal.js'

/** How a job ended, with what the worker gave, unchecked; `lost` where Redis no longer knows it. */
export type JobEnd = { readonly outcome: unknown } | { readonly failure: string } | 'lost'

export interface JobEnds {
  /** Resolves when the job has ended; rejects when the watch is stopped, or if it already was. */
  of(job: string): Promise<JobEnd>
  /** @param reason the error with which all pending calls of `of` reject */
  stop(reason: unknown): void
}

/** Milliseconds between polls of the state of all watched jobs. */
const pollInterval = 5_000

/**
 * Watches jobs by the queue's events, and polls their state from time to time: events are lost when a connection drops
 * or the server restarts.
 *
 * @param onPoll called after each poll
 */
export function watchJobs(queue: Queue<Sealed<Job>>, events: QueueEvents, onPoll: () => Promise<void>): JobEnds {
  const waiting = new Map<string, { resolve: (end: JobEnd) => void; reject: (reason: unknown) => void }>()
  const end = (job: string, how: JobEnd) => {
    waiting.get(job)?.resolve(how)
    waiting.delete(job)
  }
  events.on('completed', ({ jobId, returnvalue }) => end(jobId, { outcome: returnvalue }))
  events.on('failed', ({ jobId, failedReason }) => end(jobId, { failure: failedReason }))

  const poll = async (id: string): Promise<void> => {
    const state = await queue.getJobState(id)
    if (state === 'unknown') return end(id, 'lost')
    if (state !== 'completed' && state !== 'failed') return
    const job = await queue.getJob(id)
    if (job === undefined) end(id, 'lost')
    else end(id, state === 'completed' ? { outcome: job.returnvalue as unknown } : { failure: job.failedReason })
  }
  let stopped: { readonly reason: unknown } | undefined
  let polling = false
  const timer = setInterval(() => {
    if (polling) return
    polling = true
    // A failed poll needs no handling: the connection comes back, and the next poll sees what this one missed.
    void Promise.all([...waiting.keys()].map(poll))
      .then(onPoll)
      .catch(() => undefined)
      .finally(() => (polling = false))
  }, pollInterval)

  return {
    of: (job) =>
      new Promise((resolve, reject) => {
        if (stopped) return reject(stopped.reason as Error)
        waiting.set(job, { resolve, reject })
        // The job may have ended before anyone waited for it.
        poll(job).catch(() => undefined)
      }),
    stop(reason) {
      stopped ??= { reason }
      clearInterval(timer)
      for (const { reject } of waiting.values()) reject(reason)
      waiting.clear()
    },
  }
}
