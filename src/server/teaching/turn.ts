import { Problem } from '../problems.js'

/** A place that one piece of work has at a time; who comes meanwhile is sent away. */
export class Turn {
  #holder: string | undefined

  /**
   * @param what is done, as a clause for those who come meanwhile: "a lesson is being taught"
   * @throws Problem `conflict`
   */
  take(what: string): Disposable {
    if (this.#holder !== undefined)
      throw new Problem('conflict', `At the moment ${this.#holder}; try again when that is done.`)
    this.#holder = what
    return { [Symbol.dispose]: () => (this.#holder = undefined) }
  }
}
