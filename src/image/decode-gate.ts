/** Lets some tasks run concurrently, and others exclusively, while no other task runs. */
export class DecodeGate {
  readonly #running = new Set<Promise<unknown>>()
  #lastAlone: Promise<unknown> = Promise.resolve()

  /** Runs a task concurrently with others of its kind, after all exclusive tasks requested before it. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    for (let seen; seen !== this.#lastAlone; await seen) seen = this.#lastAlone
    return this.#run(work)
  }

  /** Runs a task exclusively, after all tasks requested before it; those requested later wait. */
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

/** For whatever libvips does in this process. */
export const gate = new DecodeGate()
