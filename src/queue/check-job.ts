import { isAbsolute } from 'node:path'
import { NpluskError } from '../core/errors.js'
import { isSha256 } from '../core/plain-names.js'
import { checkPreprocess, checkView, type View } from '../image/types.js'
import type { AnswersJob, FeaturesJob, Job } from './jobs.js'

/**
 * Checks that a value from Redis is a job: anyone with access to the server can write there.
 *
 * @throws NpluskError `QUEUE` where it is not
 */
export function checkJob(value: unknown): Job {
  try {
    const { kind, graph } = (value ?? {}) as Partial<Job>
    if (!isSha256(graph)) throw noJob()
    if (kind === 'features') return checkFeaturesJob(value as Partial<FeaturesJob> & Pick<Job, 'graph'>)
    if (kind === 'answers') return checkAnswersJob(value as Partial<AnswersJob> & Pick<Job, 'graph'>)
    throw noJob()
  } catch (cause) {
    throw noJob(cause)
  }
}

function checkFeaturesJob({
  graph,
  backbone,
  hasFurther,
  preprocess,
  images,
}: Partial<FeaturesJob> & Pick<Job, 'graph'>): FeaturesJob {
  if (typeof backbone !== 'string' || typeof hasFurther !== 'boolean' || !isList(images, isImage)) throw noJob()
  images.forEach(({ views }) => views.forEach(checkView))
  return { kind: 'features', graph, backbone, hasFurther, preprocess: checkPreprocess(preprocess), images }
}

function checkAnswersJob({
  graph,
  preprocess,
  oneByOne,
  classes,
  oldClasses,
  columns,
  images,
}: Partial<AnswersJob> & Pick<Job, 'graph'>): AnswersJob {
  if (typeof oneByOne !== 'boolean' || !isCount(columns)) throw noJob()
  if (!isCount(classes) || !isCount(oldClasses) || oldClasses > classes) throw noJob()
  if (!isList(images, isImageToAnswer)) throw noJob()
  const counts = { classes, oldClasses, columns }
  return { kind: 'answers', graph, preprocess: checkPreprocess(preprocess), oneByOne, ...counts, images }
}

function isList<Item>(
  value: readonly Item[] | undefined,
  isItem: (item: unknown) => boolean,
): value is readonly Item[] {
  return Array.isArray(value) && value.every(isItem)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && isAbsolute(value) && !value.includes('\0')
}

function isImage(value: unknown): boolean {
  const { file, hash, views } = (value ?? {}) as Partial<FeaturesJob['images'][number]>
  return (
    isPath(file) &&
    isSha256(hash) &&
    Array.isArray(views) &&
    views.every((view: unknown) => typeof (view as Partial<View> | null)?.mirror === 'boolean')
  )
}

function isImageToAnswer(value: unknown): boolean {
  const { path, hash, name } = (value ?? {}) as Partial<AnswersJob['images'][number]>
  return isPath(path) && isSha256(hash) && typeof name === 'string'
}

function noJob(cause?: unknown): NpluskError {
  return new NpluskError(
    'QUEUE',
    'A job in the queue is none that nplusk sent, or is damaged; look what else writes to this Redis server, and use the same version of nplusk on all machines.',
    { cause },
  )
}
