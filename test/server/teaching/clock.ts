import type { Clock } from '../../../src/server/teaching/clock.js'

/** A clock that stands still until it is moved. */
export class HandClock implements Clock {
  #now = 0
  readonly #waiting = new Set<{ readonly until: number; readonly wake: () => void }>()

  now(): number {
    return this.#now
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const one = { until: this.#now + ms, wake: resolve }
      this.#waiting.add(one)
      signal.addEventListener('abort', () => {
        this.#waiting.delete(one)
        reject(signal.reason as Error)
      })
    })
  }

  move(ms: number): void {
    this.#now += ms
    for (const one of [...this.#waiting].filter(({ until }) => until <= this.#now)) {
      this.#waiting.delete(one)
      one.wake()
    }
  }

  get sleepers(): number {
    return this.#waiting.size
  }
}
