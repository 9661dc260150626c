import { resolve } from 'node:path'
import type { Answering, ImageResult } from '../answers/answering.js'
import type { ListedPicture } from '../answers/listed-picture.js'
import { batches } from '../core/batches.js'
import { messageOf, NpluskError } from '../core/errors.js'
import { prefetch, type Settled } from '../core/prefetch.js'
import { hashSource } from '../image/read-source.js'
import { checkAnswersOutcome } from './check-outcome.js'
import { JobSender, lostTooOften, type SenderOptions } from './job-sender.js'
import { jobsAtOnce, maxRounds, viewsPerJob, type AnswersJob, type ImageToAnswer } from './jobs.js'

export interface AnswerOnQueueOptions extends SenderOptions, Pick<AnswersJob, 'preprocess' | 'oneByOne' | 'classes'> {
  readonly answering: Answering
}

/** A picture to send, or the answer to one that this machine cannot read. */
type Prepared = ImageToAnswer | { readonly name: string; readonly error: string }

/** Pictures that are read at once, to tell their hashes. */
const readsAtOnce = 16
/** Longest wait, in milliseconds, for more pictures before those at hand are sent. */
const patience = 50

/**
 * Lets workers answer pictures, and yields the answers in the order of the pictures. What nobody takes is not kept in
 * Redis: such pictures are answered again.
 *
 * @throws NpluskError `USAGE` or `QUEUE` as `connectQueue`; `QUEUE` where a job fails for good; `BAD_INPUT` for a
 * picture in an archive, which workers cannot open; `ABORTED`
 */
export async function* answerOnQueue(
  pictures: AsyncIterable<ListedPicture>,
  { answering, preprocess, oneByOne, classes, ...options }: AnswerOnQueueOptions,
): AsyncGenerator<ImageResult, void, void> {
  await using sender = await JobSender.open(options)
  const prepared = values(prefetch(pictures, readsAtOnce, prepare))
  yield* each(values(prefetch(batches(prepared, viewsPerJob, patience), jobsAtOnce, answer)))

  async function answer(group: readonly Prepared[]): Promise<ImageResult[]> {
    const images = group.flatMap((one) => ('error' in one ? [] : [one]))
    const outcome = images.length === 0 ? [] : await outcomeOf(images)
    let next = 0
    return group.map((one) => {
      const found = 'error' in one ? one : outcome[next++]!
      return 'error' in found ? { file: one.name, error: found.error } : answering.answer(one.name, found)
    })
  }

  async function outcomeOf(images: readonly ImageToAnswer[]) {
    const { name } = images[0]!
    const { columns, oldClasses } = answering
    const job = { kind: 'answers', preprocess, oneByOne, classes, oldClasses, columns, images } as const
    for (let round = 0; round < maxRounds; round++) {
      const end = await sender.run(job, name)
      if (end !== 'lost') return checkAnswersOutcome(end.outcome, job)
    }
    throw lostTooOften(name, maxRounds)
  }
}

async function prepare({ file, content, error }: ListedPicture): Promise<Prepared> {
  if (error !== undefined) return { name: file, error: messageOf(error) }
  if (content !== undefined) {
    throw new NpluskError(
      'BAD_INPUT',
      `Workers of a queue read no archives; unpack "${file}" and what is with it first.`,
    )
  }
  try {
    return { path: resolve(file), hash: await hashSource(file), name: file }
  } catch (error) {
    return { name: file, error: messageOf(error) }
  }
}

/** Yields the values of what has settled; throws at the first that failed. */
async function* values<Item>(settled: AsyncIterable<Settled<Item>>): AsyncGenerator<Item, void, void> {
  for await (const one of settled) {
    if ('error' in one) throw one.error
    yield one.value
  }
}

async function* each<Item>(groups: AsyncIterable<readonly Item[]>): AsyncGenerator<Item, void, void> {
  for await (const group of groups) yield* group
}
