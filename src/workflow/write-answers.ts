import type { AnswerFile } from '../answers/answer-file.js'
import { describeEdits } from '../answers/describe-edits.js'
import { lineEnds } from '../answers/line-ends.js'
import { checkAnswerFile, openRun } from '../answers/open-run.js'
import type { ListedPicture, OnPassedOver } from '../answers/listed-picture.js'
import { isTarName, listedPictures } from '../answers/listed-pictures.js'
import { runRecord } from '../answers/run-record.js'
import { takeUp, type TakenUp } from '../answers/take-up.js'
import { writtenAnswers } from '../answers/written-answers.js'
import { NpluskError, throwIfAborted } from '../core/errors.js'
import type { OnProgress } from '../core/progress.js'
import { checkShard, isInShard, type Shard } from '../features/shard.js'
import { PassedOverCount, type PassedOverKind } from '../folders/passed-over.js'
import { openAnswerSource, type AnswerSourceOptions } from './answer-source.js'

export interface AnswersOptions extends AnswerSourceOptions {
  /**
   * Image files, folders of images and tar files of images, in the order of the answers. Where it is a list without tar
   * files, the number of images is known.
   */
  readonly images: readonly string[] | AsyncIterable<string>
  /** The file for the answers, `.jsonl`: a line for each image, as `ImageResult`. */
  readonly out: string
  /**
   * Goes on with a file that an earlier call has begun with the same model, options and images, behind its last answer.
   * One that is not there is begun. @default a file that is there is an error
   */
  readonly resume?: boolean
  /** The `index`-th of `count` shards of the images, counted from 1. @default all images */
  readonly shard?: Shard
  /** Called after every answer, with the number of answers in the file and how many there will be, where known. */
  readonly onAnswered?: (done: number, total: number | undefined) => void
}

export interface AnswersResult {
  /** The file that was written. */
  readonly file: string
  /** Answers in it, those of earlier calls included. */
  readonly images: number
  /** Images among these that could not be read; their answers say why. */
  readonly unreadable: number
  /** Answers that an earlier call had written. */
  readonly resumed: number
  /** Files in folders that are not images. */
  readonly passedOver: readonly PassedOverKind[]
  readonly seconds: number
}

/**
 * Writes the answers to any number of images to a file, a line for each, in order. Neither images nor answers are kept
 * in memory. Answers reach the disk about every second: what ends the call, even power failing, leaves a file with
 * which `resume` goes on, so that in the end every image is answered once.
 *
 * @throws NpluskError `NOT_FOUND`, `BAD_BUNDLE`, `BAD_MODEL`, `DEVICE_UNAVAILABLE`; `USAGE`, `BAD_INPUT` as
 * `Classifier.classify`; `CONFLICT` for a file that is there already, or was begun by another model, with other options
 * or for other images; `IO`, `ABORTED`
 */
export async function writeAnswers(options: AnswersOptions): Promise<AnswersResult> {
  const { images, out, resume = false, shard, onAnswered, onProgress = () => undefined, signal } = options
  const started = performance.now()
  if (shard !== undefined) checkShard(shard)
  await checkAnswerFile(out, resume)
  await using source = await openAnswerSource(options)
  const passedOver = new PassedOverCount()
  const list = (onPassedOver?: OnPassedOver) => ofShard(listedPictures(images, onPassedOver), shard, signal)
  const file = await openRun(out, runRecord(source.classifier, source.provider, options))
  let done: number | undefined
  try {
    await using _ = file
    // The members of a tar file are not known before it has been read.
    const isKnown = Array.isArray(images) && !images.some(isTarName)
    const total = isKnown ? await countOf(list()) : undefined
    const pictures = list((files) => passedOver.add(files))
    const { answered, unreadable } = await goOn(file, out, pictures, onProgress)
    done = answered
    let failed = unreadable
    onAnswered?.(done, total)
    for await (const result of source.answers(pictures)) {
      await file.append(JSON.stringify(result))
      done++
      if ('error' in result) failed++
      onAnswered?.(done, total)
    }
    const seconds = (performance.now() - started) / 1000
    return { file: out, images: done, unreadable: failed, resumed: answered, passedOver: passedOver.kinds(), seconds }
  } catch (error) {
    throw signal?.aborted ? interrupted(out, done ?? (await lineEnds(out)), error) : error
  }
}

/** Brings a list and the file of its answers to where the file ends. Closes the list where that fails. */
async function goOn(
  file: AnswerFile,
  out: string,
  pictures: AsyncGenerator<ListedPicture, void, void>,
  onProgress: OnProgress,
): Promise<TakenUp> {
  const { length } = file
  const report = (done: number) => onProgress({ type: 'progress', stage: 'resume', done, total: length, unit: 'bytes' })
  try {
    const earlier = await takeUp(out, writtenAnswers(out, length), pictures, report)
    if (earlier.end < length) report(length)
    await describeEdits(out, earlier, length, onProgress)
    await file.cut(earlier.end)
    return earlier
  } catch (error) {
    await pictures.return(undefined)
    throw error
  }
}

/** @throws NpluskError `ABORTED` */
async function* ofShard(
  pictures: AsyncIterable<ListedPicture>,
  shard: Shard | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListedPicture, void, void> {
  for await (const picture of pictures) {
    throwIfAborted(signal)
    if (shard === undefined || isInShard(picture.key, shard)) yield picture
  }
}

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of items) count++
  return count
}

function interrupted(out: string, answers: number, cause: unknown): NpluskError {
  const message = `Interrupted; ${answers} answers are in ${out}.`
  return new NpluskError('ABORTED', message, { cause, remedy: { kind: 'resume' } })
}
