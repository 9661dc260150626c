import { NpluskError } from '../core/errors.js'
import { count } from './format.js'

/** The error that ends a prediction of which some images could not be read. */
export function unreadableImages(unreadable: number, total: number): NpluskError {
  const message = `${unreadable} of ${count(total, 'image')} could not be read; mend or remove ${unreadable === 1 ? 'it' : 'them'}.`
  return new NpluskError('BAD_INPUT', message)
}
