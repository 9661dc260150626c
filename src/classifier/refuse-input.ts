import { NpluskError } from '../core/errors.js'
import type { ModelOptions } from './model-options.js'

/**
 * Refuses `input` for a bundle or a known model, whose preprocessing and class names are known.
 *
 * @throws NpluskError `USAGE` if any is given
 */
export function refuseInput({ model, input = {} }: Pick<ModelOptions, 'model' | 'input'>): void {
  if (Object.keys(input).length === 0) return
  throw new NpluskError('USAGE', `How the input of ${model} is prepared, and what its classes are called, is known.`, {
    remedy: { kind: 'leave-out-input' },
  })
}
