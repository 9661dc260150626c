import { NpluskError } from '../../core/errors.js'
import { reasonsOf } from '../report-failure.js'

/** What is said where there is no memory for a model, or no thread to run it in. */
const passing = [
  /out of memory|failed to allocate|smaller than requested bytes|bad.alloc|alloc(?:ation)?_failed/i,
  /thread that runs the model has stopped/,
]

/**
 * Whether a bundle that could not be opened will stay so until its files change: they are damaged, or no model that can
 * be run. Whatever else was missing may be there again at any time. A runtime without memory refuses a good model as it
 * does a damaged one, and only its words tell.
 */
export function isLasting(error: unknown): boolean {
  if (!(error instanceof NpluskError && ['BAD_BUNDLE', 'BAD_MODEL'].includes(error.code))) return false
  const reasons = reasonsOf(error)
  return !passing.some((words) => words.test(reasons))
}
