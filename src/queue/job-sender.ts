import type { Queue, QueueEvents } from 'bullmq'
import type { Redis } from 'ioredis'
import { NpluskError, throwIfAborted } from '../core/errors.js'
import type { CallOptions, Warn } from '../core/progress.js'
import { shownAddress } from './address.js'
import { connectQueue, type QueueConnection } from './connect.js'
import { watchJobs, type JobEnds } from './job-ends.js'
import { attempts, jobsKept, keepSeconds, queueName, type Job } from './jobs.js'
import { seal, unseal, type Sealed } from './seal.js'
import { prolongGraph, shareGraph } from './shared-graph.js'

export interface SenderOptions extends CallOptions {
  /** Address of the Redis server. */
  readonly queue: string
  /** The ONNX graph that workers run. */
  readonly graph: Uint8Array
}

/** A job without the graph, which is the sender's. */
type Unsent = Job extends infer J ? (J extends Job ? Omit<J, 'graph'> : never) : never

/** Sends jobs to the workers of a queue, and waits for their ends. */
export class JobSender implements AsyncDisposable {
  readonly warn: Warn
  readonly #options: SenderOptions
  readonly #connection: QueueConnection
  readonly #queue: Queue<Sealed<Job>>
  readonly #events: QueueEvents
  readonly #ends: JobEnds
  readonly #stop: () => void
  #graphHash = ''
  #hadWorkers = true

  private constructor(options: SenderOptions, warn: Warn, connection: QueueConnection) {
    const { redis, library } = connection
    this.#options = options
    this.warn = warn
    this.#connection = connection
    this.#queue = new library.Queue(queueName, { connection: redis, streams: { events: { maxLen: jobsKept } } })
    this.#events = new library.QueueEvents(queueName, { connection: redis })
    // Connection failures are already reported by `connectQueue`.
    this.#queue.on('error', () => undefined)
    this.#events.on('error', () => undefined)
    this.#ends = watchJobs(this.#queue, this.#events, () => this.#look())
    this.#stop = () => this.#ends.stop(new NpluskError('ABORTED', 'Interrupted; what was computed is kept.'))
    options.signal?.addEventListener('abort', this.#stop)
  }

  /**
   * Connects, and puts the graph where workers find it. Must be closed.
   *
   * @throws NpluskError as `connectQueue`
   */
  static async open(options: SenderOptions): Promise<JobSender> {
    const warn: Warn = (code, message, remedy) => options.onProgress?.({ type: 'warning', code, message, remedy })
    const connection = await connectQueue(options.queue, (reason) => warn('QUEUE', reason))
    const sender = new JobSender(options, warn, connection)
    try {
      await sender.#events.waitUntilReady()
      sender.#graphHash = await shareGraph(connection.redis, options.graph)
      return sender
    } catch (error) {
      await sender[Symbol.asyncDispose]()
      throw error
    }
  }

  get redis(): Redis {
    return this.#connection.redis
  }

  /**
   * Lets a worker do a job.
   *
   * @param what the job is about, for an error
   * @returns what the worker gave, unchecked; `lost` where Redis has forgotten or damaged it
   * @throws NpluskError `QUEUE` where the job fails for good; `ABORTED`
   */
  async run(job: Unsent, what: string): Promise<{ readonly outcome: unknown } | 'lost'> {
    throwIfAborted(this.#options.signal)
    // A server that was restarted has lost the graph.
    if (!(await prolongGraph(this.redis, this.#graphHash))) await shareGraph(this.redis, this.#options.graph)
    const sent = seal({ ...job, graph: this.#graphHash } as Job)
    const { id } = await this.#queue.add(job.kind, sent, {
      attempts,
      backoff: { type: 'fixed', delay: 1000 },
      removeOnComplete: { age: 3600, count: jobsKept },
      removeOnFail: { age: keepSeconds },
    })
    const end = await this.#ends.of(id!)
    if (end === 'lost') return end
    if ('outcome' in end) {
      const outcome = unseal(end.outcome, sent.checksum)
      // What was damaged on the way is as good as lost.
      return outcome === undefined ? 'lost' : { outcome }
    }
    throw new NpluskError('QUEUE', `The job of "${what}" and others failed for good: ${end.failure}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#stop)
    this.#ends.stop(new NpluskError('QUEUE', 'Another job failed.'))
    await Promise.all([this.#events.close(), this.#queue.close()]).catch(() => undefined)
    this.#connection.close()
  }

  /** Keeps the graph while jobs wait, however long, and tells when there is nobody to do them. */
  async #look(): Promise<void> {
    await prolongGraph(this.redis, this.#graphHash)
    const hasWorkers = (await this.#queue.getWorkersCount()) > 0
    if (this.#hadWorkers && !hasWorkers) {
      const message = `No worker is at ${shownAddress(this.#options.queue)}.`
      this.warn('NO_WORKER', message, { kind: 'start-workers' })
    }
    this.#hadWorkers = hasWorkers
  }
}

/** The error for work of which Redis loses what comes back. */
export function lostTooOften(file: string, rounds: number): NpluskError {
  return new NpluskError(
    'QUEUE',
    `What workers found of "${file}" got lost in Redis ${rounds} times; give it more memory, and the policy noeviction.`,
  )
}
