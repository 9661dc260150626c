import { Problem } from '../problems.js'

/** Seconds after which a client may try again: a queue that was full moves on within one. */
const retryAfter = 1

/** How many images of a model may wait for an answer at once. */
export class Places {
  #taken = 0

  constructor(
    readonly total: number,
    readonly onChange: (taken: number) => void,
  ) {}

  /**
   * Takes a place, which is free again once it is disposed of.
   *
   * @throws Problem `overloaded` where none is free
   */
  take(): Disposable {
    if (this.#taken >= this.total) {
      throw new Problem('overloaded', 'The queue of images is full; try again a little later.', { retryAfter })
    }
    this.onChange(++this.#taken)
    return { [Symbol.dispose]: () => this.onChange(--this.#taken) }
  }
}
