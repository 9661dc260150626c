import type { BestColumns, Scored } from '../answers/answering.js'
import { NpluskError } from '../core/errors.js'
import type { AnswersJob, AnswersOutcome, FeaturesOutcome } from './jobs.js'

/**
 * Checks that a value is a worker's result for a job on features.
 *
 * @param files the files of the job, the only ones the result may name
 * @throws NpluskError `QUEUE` where it is not
 */
export function checkFeaturesOutcome(value: unknown, files: readonly string[]): FeaturesOutcome {
  const { computed, unreadable } = (value ?? {}) as Partial<FeaturesOutcome>
  const isValid = Array.isArray(unreadable) && unreadable.every((one) => isUnreadable(one, files))
  if (!Number.isSafeInteger(computed) || computed! < 0 || !isValid) throw noOutcome()
  return { computed: computed!, unreadable: unreadable! }
}

/**
 * Checks that a value is a worker's result for a job on answers.
 *
 * @throws NpluskError `QUEUE` where it is not
 */
export function checkAnswersOutcome(
  value: unknown,
  { images, classes, columns }: Pick<AnswersJob, 'images' | 'classes' | 'columns'>,
): AnswersOutcome {
  const count = Math.min(classes, columns)
  const isValid =
    Array.isArray(value) &&
    value.length === images.length &&
    value.every((one: unknown) => isFailure(one) || isScored(one, classes, count))
  if (!isValid) throw noOutcome()
  return value as AnswersOutcome
}

function isUnreadable(value: unknown, files: readonly string[]): boolean {
  const { file, reason } = (value ?? {}) as Partial<FeaturesOutcome['unreadable'][number]>
  return typeof file === 'string' && files.includes(file) && typeof reason === 'string'
}

function isFailure(value: unknown): boolean {
  return !Array.isArray(value) && typeof (value as { error?: unknown } | null)?.error === 'string'
}

function isScored(value: unknown, classes: number, count: number): boolean {
  const { best, standout } = (value ?? {}) as Partial<Scored>
  return isBest(best, classes, count) && (standout === null || Number.isFinite(standout))
}

/** So many different columns, the most probable first. */
function isBest(value: unknown, classes: number, count: number): boolean {
  if (!Array.isArray(value) || value.length !== count) return false
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && isColumn(pair[0]) && isProbability(pair[1])
  const isColumn = (column: unknown): boolean =>
    Number.isSafeInteger(column) && (column as number) >= 0 && (column as number) < classes
  if (!value.every(isPair)) return false
  const best = value as unknown as BestColumns
  const isSorted = best.every(([, probability], i) => i === 0 || probability <= best[i - 1]![1])
  return isSorted && new Set(best.map(([column]) => column)).size === count
}

function isProbability(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function noOutcome(): NpluskError {
  return new NpluskError(
    'QUEUE',
    'What came back for a job in the queue is no answer of a worker; look what else writes to this Redis server, and give nplusk one of its own.',
  )
}
