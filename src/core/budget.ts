/**
 * A quantity that tasks share, such as pixels in memory. Whoever asks for more than is left waits, and those who came
 * first are served first, so that a large task is not put off for ever by small ones.
 */
export class Budget {
  readonly #total: number
  #left: number
  readonly #waiting = new Set<{ readonly amount: number; readonly serve: () => void }>()

  constructor(total: number) {
    this.#total = total
    this.#left = total
  }

  /**
   * Takes some of it; more than there is in all counts as all.
   *
   * @returns what gives it back, to be called once
   * @throws the signal's reason, if it fires while the task waits
   */
  async take(amount: number, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    const share = Math.min(amount, this.#total)
    if (this.#waiting.size > 0 || share > this.#left) await this.#turn(share, signal)
    else this.#left -= share
    return () => {
      this.#left += share
      this.#serveNext()
    }
  }

  #turn(amount: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const place = {
        amount,
        serve: () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        },
      }
      const leave = () => {
        this.#waiting.delete(place)
        reject(signal?.reason as Error)
        // Those behind may need less than the one that left.
        this.#serveNext()
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiting.add(place)
    })
  }

  #serveNext(): void {
    for (const place of this.#waiting) {
      if (place.amount > this.#left) return
      this.#left -= place.amount
      this.#waiting.delete(place)
      place.serve()
    }
  }
}
