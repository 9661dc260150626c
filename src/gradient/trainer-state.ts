import { NpluskError } from '../core/errors.js'
import type { Moments } from './adamw.js'

/** All that training goes on from; arrays are row-major and of the parameters' lengths. */
export interface TrainerState {
  /** Steps taken. */
  readonly steps: number
  /** By the parameter's name: its values, and what AdamW keeps of its gradients. */
  readonly parameters: Readonly<Record<string, ParameterState>>
}

/** A parameter between two steps. */
export interface ParameterState extends Moments {
  readonly values: Float32Array
}

/**
 * Copies the state that a parameter goes on from into its arrays.
 *
 * @throws NpluskError `USAGE` where the state is of another model
 */
export function goOn(name: string, { values, mean, square }: ParameterState, { parameters }: TrainerState): void {
  const state = parameters[name]
  for (const [array, kept] of [
    [values, state?.values],
    [mean, state?.mean],
    [square, state?.square],
  ] as const) {
    if (kept?.length !== array.length) {
      throw new NpluskError('USAGE', `The state to go on from is of another model: it does not fit "${name}".`)
    }
    array.set(kept)
  }
}
