import { createRandom, type Random } from '../../src/math/random.js'
import type { Task } from '../section.js'

/** One attempt: its random numbers come from `seed:i`, so that it can be repeated without those before it. */
export interface Attempt {
  readonly i: number
  readonly random: Random
  /** What repeats it, for `Fault.case`. */
  readonly case: string
}

/** The attempts of a task, until it is aborted. */
export function* attemptsOf({ count, seed, signal }: Pick<Task, 'count' | 'seed' | 'signal'>): Generator<Attempt> {
  for (let i = 0; i < count && !signal.aborted; i++) {
    yield { i, random: createRandom(`${seed}:${i}`), case: `seed ${seed}:${i}` }
  }
}
