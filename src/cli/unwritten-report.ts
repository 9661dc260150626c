import { NpluskError } from '../core/errors.js'

/** The error that ends a command whose result is printed, and whose report could not be written. */
export function unwrittenReport(): NpluskError {
  return new NpluskError('IO', 'The result is complete, but --report failed; the warnings say why.')
}
