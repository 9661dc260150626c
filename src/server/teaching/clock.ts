import { setTimeout } from 'node:timers/promises'

/** Time, as far as lessons need it. */
export interface Clock {
  /** Milliseconds since some beginning. */
  now(): number
  /** Resolves after a while, and never keeps the process alive; rejects once the signal has fired. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => setTimeout(ms, undefined, { signal, ref: false }),
}
