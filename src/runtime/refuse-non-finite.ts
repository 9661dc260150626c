import { NpluskError } from '../core/errors.js'
import { allFinite } from '../math/finite.js'
import type { PlainTensor } from './session.js'

/**
 * Throws where a model's outputs hold NaN or infinities: it would answer every image so, or soon will.
 *
 * @param what the model, as the start of the message
 * @param answers its float outputs by name
 * @throws NpluskError `BAD_MODEL`
 */
export function refuseNonFinite(what: string, answers: Readonly<Record<string, PlainTensor>>): void {
  for (const [name, { data }] of Object.entries(answers)) {
    const values = data as Float32Array
    if (allFinite(values)) continue
    const column = values.findIndex((value) => !Number.isFinite(value))
    throw new NpluskError(
      'BAD_MODEL',
      `${what} answers noise with ${name} that are no finite numbers (${values[column]} in column ${column}); nothing was written: look for pictures that the model cannot take, or for damaged weights.`,
    )
  }
}
