import type { Extractor, HashedImage } from '../features/extract.js'
import { throwIfAborted } from '../core/errors.js'
import { prefetch } from '../core/prefetch.js'
import { checkFeaturesOutcome } from './check-outcome.js'
import { Collector } from './collect.js'
import { JobSender, lostTooOften, type SenderOptions } from './job-sender.js'
import { jobsAtOnce, maxRounds, viewsPerJob, type FeaturesOutcome } from './jobs.js'

export interface ComputeOptions extends SenderOptions, Omit<Extractor, 'session'> {
  /** Called for every image that is done, in no particular order. */
  readonly onImage: () => void
}

/**
 * Lets workers compute the bottlenecks that the store lacks, and stores them. What an interrupted earlier call left in
 * Redis is used first.
 *
 * @throws NpluskError `USAGE` or `QUEUE` as `connectQueue`; `QUEUE` where a job fails for good; `BAD_BUNDLE` where the
 * backbone gives other lengths than `shape`; `IO`, `ABORTED`
 */
export async function computeOnQueue(
  images: AsyncIterable<HashedImage>,
  { graphKey, preprocess, shape, store, hasFurther = false, onImage, ...options }: ComputeOptions,
): Promise<FeaturesOutcome> {
  await using sender = await JobSender.open(options)
  const collector = new Collector(sender.redis, store, { graphKey, preprocess, shape })
  const unreadable: { file: string; reason: string }[] = []
  for await (const result of prefetch(jobs(), jobsAtOnce, finish)) if ('error' in result) throw result.error
  throwIfAborted(options.signal)
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
    let left = await collect(job, false)
    for (let round = 0; left.length > 0; round++) {
      const { file } = left[0]!
      if (round === maxRounds) throw lostTooOften(file, maxRounds)
      const job = { kind: 'features', backbone: graphKey, hasFurther, preprocess, images: left } as const
      const end = await sender.run(job, file)
      if (end === 'lost') {
        left = await collect(left, true)
        continue
      }
      const { unreadable: bad } = checkFeaturesOutcome(
        end.outcome,
        left.map((image) => image.file),
      )
      bad.forEach(leaveOut)
      const good = left.filter(({ file: one }) => bad.every(({ file }) => file !== one))
      left = await collect(good, true)
    }
  }

  /** Collects from Redis, and returns the images that still lack views. */
  async function collect(job: readonly HashedImage[], areNew: boolean): Promise<HashedImage[]> {
    await collector.collect(job, areNew)
    const left = job.flatMap((image) => collector.missing(image) ?? [])
    for (let i = left.length; i < job.length; i++) onImage()
    return left
  }

  function leaveOut(image: { readonly file: string; readonly reason: string }): void {
    unreadable.push(image)
    sender.warn('UNREADABLE_IMAGE', image.reason)
    onImage()
  }
}
