import { NpluskError } from '../core/errors.js'
import type { ModelOptions } from './model-options.js'

/**
 * What a bundle or a known model takes, and what its classes are called, is known.
 *
 * @throws NpluskError `USAGE` where something is said of it all the same
 */
export function refuseInput({ model, input = {} }: Pick<ModelOptions, 'model' | 'input'>): void {
  if (Object.keys(input).length === 0) return
  throw new NpluskError('USAGE', `How the input of ${model} is prepared, and what its classes are called, is known.`, {
    remedy: { kind: 'leave-out-input' },
  })
}
