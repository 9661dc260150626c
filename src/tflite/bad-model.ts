import { NpluskError } from '../core/errors.js'

export function badModel(message: string): NpluskError {
  return new NpluskError('BAD_MODEL', message)
}
