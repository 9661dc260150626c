import type { Queue } from 'bullmq'
import type { Extractor, HashedImage } from '../features/extract.js'
import { NpluskError, throwIfAborted } from '../core/errors.js'
import { prefetch } from '../core/prefetch.js'
import type { CallOptions, Warn } from '../core/progress.js'
import { shownAddress } from './address.js'
import { checkOutcome } from './check-job.js'
import { Collector } from './collect.js'
import { connectQueue } from './connect.js'
import { watchJobs } from './job-ends.js'
import { attempts, keepSeconds, queueName, viewsPerJob, type FeaturesJob, type FeaturesOutcome } from './jobs.js'
import { prolongBackbone, shareBackbone } from './shared-backbone.js'

export interface SendOptions extends CallOptions, Omit<Extractor, 'session'> {
  /** Address of the Redis server. */
  readonly queue: string
  /** The ONNX graph that workers run. */
  readonly graph: Uint8Array
  /** Called for every image that is done, in no particular order. */
  readonly onImage: () => void
}

/** Jobs in the queue at once: enough for many workers, few enough for Redis's memory. */
const jobsAtOnce = 128
/** How often images are sent, in all, while bottlenecks of theirs remain missing. */
const maxRounds = 5

/**
 * Lets workers compute the bottlenecks that the store lacks, and stores them. What an interrupted earlier call left in
 * Redis is used first.
 *
 * @throws NpluskError `USAGE` or `QUEUE` as `connectQueue`; `QUEUE` where a job fails for good, `IO`, `ABORTED`
 */
export async function computeOnQueue(
  images: AsyncIterable<HashedImage>,
  { queue: address, graph, graphKey, preprocess, shape, store, onImage, signal, onProgress }: SendOptions,
): Promise<FeaturesOutcome> {
  const warn: Warn = (code, message, remedy) => onProgress?.({ type: 'warning', code, message, remedy })
  const { redis, library, close } = await connectQueue(address, (reason) => warn('QUEUE', reason))
  const queue: Queue<FeaturesJob, FeaturesOutcome> = new library.Queue(queueName, { connection: redis })
  const events = new library.QueueEvents(queueName, { connection: redis })
  // Connection failures are already reported by `connectQueue`.
  queue.on('error', () => undefined)
  events.on('error', () => undefined)
  const ends = watchJobs(queue, events, tellOfNoWorkers)
  const stop = () => ends.stop(new NpluskError('ABORTED', 'Interrupted; what was computed is kept.'))
  signal?.addEventListener('abort', stop)
  const collector = new Collector(redis, store, { graphKey, preprocess, shape })
  const unreadable: { file: string; reason: string }[] = []
  let hadWorkers = true
  let graphHash = ''

  try {
    await events.waitUntilReady()
    graphHash = await shareBackbone(redis, graph)
    for await (const result of prefetch(jobs(), jobsAtOnce, finish)) if ('error' in result) throw result.error
    throwIfAborted(signal)
  } finally {
    signal?.removeEventListener('abort', stop)
    ends.stop(new NpluskError('QUEUE', 'Another job failed.'))
    await Promise.all([events.close(), queue.close()]).catch(() => undefined)
    close()
  }
  return { computed: collector.collected, unreadable }

  /** Groups the images that lack views into jobs. */
  async function* jobs(): AsyncGenerator<HashedImage[]> {
    let job: HashedImage[] = []
    let views = 0
    for await (const image of images) {
      const missing = collector.missing(image)
      if (missing === undefined) {
        onImage()
        continue
      }
      job.push(missing)
      views += missing.views.length
      if (views < viewsPerJob) continue
      yield job
      job = []
      views = 0
    }
    if (job.length > 0) yield job
  }

  /** Sends images until the store has all their bottlenecks. */
  async function finish(job: readonly HashedImage[]): Promise<void> {
    let left = await collect(job)
    for (let round = 0; left.length > 0; round++) {
      throwIfAborted(signal)
      const { file } = left[0]!
      if (round === maxRounds)
        throw new NpluskError(
          'QUEUE',
          `What workers found of "${file}" got lost in Redis ${maxRounds} times; give it more memory, and the policy noeviction.`,
        )
      const end = await ends.of(await send(left))
      if (end === 'lost') {
        left = await collect(left)
        continue
      }
      if ('failure' in end)
        throw new NpluskError('QUEUE', `The job of "${file}" and others failed for good: ${end.failure}`)
      const { unreadable: bad } = checkOutcome(
        end.outcome,
        left.map((image) => image.file),
      )
      bad.forEach(leaveOut)
      left = await collect(left.filter(({ file: one }) => bad.every(({ file }) => file !== one)))
    }
  }

  /** @returns the job's id */
  async function send(job: readonly HashedImage[]): Promise<string> {
    // A server that was restarted has lost the backbone.
    if (!(await prolongBackbone(redis, graphHash))) await shareBackbone(redis, graph)
    const data = { graph: graphHash, backbone: graphKey, preprocess, images: job }
    const { id } = await queue.add('features', data, {
      attempts,
      backoff: { type: 'fixed', delay: 1000 },
      removeOnComplete: { age: 3600 },
      removeOnFail: { age: keepSeconds },
    })
    return id!
  }

  /** Collects from Redis, and returns the images that still lack views. */
  async function collect(job: readonly HashedImage[]): Promise<HashedImage[]> {
    await collector.collect(job)
    const left = job.flatMap((image) => collector.missing(image) ?? [])
    for (let i = left.length; i < job.length; i++) onImage()
    return left
  }

  function leaveOut(image: { readonly file: string; readonly reason: string }): void {
    unreadable.push(image)
    warn('UNREADABLE_IMAGE', image.reason)
    onImage()
  }

  async function tellOfNoWorkers(): Promise<void> {
    const hasWorkers = (await queue.getWorkersCount()) > 0
    if (hadWorkers && !hasWorkers) {
      warn('NO_WORKER', `No worker is at ${shownAddress(address)}.`, { kind: 'start-workers' })
    }
    hadWorkers = hasWorkers
  }
}
