/** Lets pieces of work run together, and others alone, while none of the rest runs. */
export class DecodeGate {
  readonly #running = new Set<Promise<unknown>>()
  #lastAlone: Promise<unknown> = Promise.resolve()

  /** Runs work beside other such work, once what was to run alone before it is done. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    for (let seen; seen !== this.#lastAlone; await seen) seen = this.#lastAlone
    return this.#run(work)
  }

  /** Runs work when all that was asked for before has ended; what is asked for later waits. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#lastAlone
    const result = (async () => {
      await before
      await Promise.allSettled(this.#running)
      return work()
    })()
    this.#lastAlone = result.catch(() => undefined)
    return result
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }
}
