import { NpluskError } from '../core/errors.js'

/** What the time that training has taken is multiplied by to end it early, so that the rate can fall. */
const shortEnd = 1.1

/** How far training has come. */
interface Progressed {
  /** Milliseconds that it has taken, */
  readonly took: number
  /** and would take as a whole. */
  readonly whole: number
}

/**
 * The error for an interruption after which training can go on. It says how to end training early, where that is
 * earlier than its end.
 *
 * @param come unless training has come to its end
 */
export function interrupted(cause: unknown, come?: Progressed): NpluskError {
  const message = 'Interrupted, but training is kept: the same command goes on with it.'
  if (come === undefined) return new NpluskError('ABORTED', message, { cause })
  const minutes = Math.ceil(shortEnd * (come.took / 60_000)) + 1
  const isEarlier = 60_000 * minutes < come.whole
  const remedy = isEarlier ? ({ kind: 'end-training', minutes } as const) : undefined
  return new NpluskError('ABORTED', message, { cause, remedy })
}
