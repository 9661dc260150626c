import { isAbsolute } from 'node:path'
import { NpluskError } from '../core/errors.js'
import { isSha256 } from '../core/plain-names.js'
import { checkPreprocess, checkView, type View } from '../image/types.js'
import type { FeaturesJob, FeaturesOutcome } from './jobs.js'

/**
 * Checks that a value from Redis is a job: anyone with access to the server can write there.
 *
 * @throws NpluskError `QUEUE` where it is not
 */
export function checkJob(value: unknown): FeaturesJob {
  const { graph, backbone, preprocess, images } = (value ?? {}) as Partial<FeaturesJob>
  if (!isSha256(graph) || typeof backbone !== 'string' || !Array.isArray(images) || !images.every(isImage))
    throw noJob()
  try {
    images.forEach(({ views }) => views.forEach(checkView))
    return { graph, backbone, preprocess: checkPreprocess(preprocess), images }
  } catch (cause) {
    throw noJob(cause)
  }
}

/**
 * Checks that a value is a worker's result for a job.
 *
 * @param files the files of the job, the only ones the result may name
 * @throws NpluskError `QUEUE` where it is not
 */
export function checkOutcome(value: unknown, files: readonly string[]): FeaturesOutcome {
  const { computed, unreadable } = (value ?? {}) as Partial<FeaturesOutcome>
  const isValid = Array.isArray(unreadable) && unreadable.every((one) => isUnreadable(one, files))
  if (!Number.isSafeInteger(computed) || computed! < 0 || !isValid) {
    throw new NpluskError(
      'QUEUE',
      'What came back for a job in the queue is no answer of a worker; look what else writes to this Redis server, and give nplusk one of its own.',
    )
  }
  return { computed: computed!, unreadable: unreadable! }
}

function isUnreadable(value: unknown, files: readonly string[]): boolean {
  const { file, reason } = (value ?? {}) as Partial<FeaturesOutcome['unreadable'][number]>
  return typeof file === 'string' && files.includes(file) && typeof reason === 'string'
}

function isImage(value: unknown): boolean {
  const { file, hash, views } = (value ?? {}) as Partial<FeaturesJob['images'][number]>
  return (
    typeof file === 'string' &&
    isAbsolute(file) &&
    !file.includes('\0') &&
    isSha256(hash) &&
    Array.isArray(views) &&
    views.every((view: unknown) => typeof (view as Partial<View> | null)?.mirror === 'boolean')
  )
}

function noJob(cause?: unknown): NpluskError {
  return new NpluskError(
    'QUEUE',
    'A job in the queue is none that nplusk sent, or is damaged; look what else writes to this Redis server, and use the same version of nplusk on all machines.',
    { cause },
  )
}
