import { NpluskError } from '../core/errors.js'
import { allFinite } from '../math/finite.js'
import type { PlainTensor } from './session.js'

/**
 * Refuses a model that answers with what is no finite number: it would answer every picture so, or is about to.
 *
 * @param what the model, as the start of a sentence
 * @param answers its float outputs by their names
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
