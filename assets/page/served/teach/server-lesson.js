/** A lesson as the service has it, which outlives a reload of the page. Each classifier has one of its own in a tab. */
export class ServerLesson {
  /** Counts those that took each other's place. */
  turn = 0
  #service
  #model
  #calls

  constructor(service, model) {
    this.#service = service
    this.#model = model
  }

  get #key() {
    return `lesson ${this.#model}`
  }

  /**
   * Looks for the one that this tab had, before a reload or with another token.
   *
   * @returns `isForgotten` where the service has it no more; its `state` and `classes` where it has
   */
  async find(service) {
    const id = sessionStorage.getItem(this.#key)
    const calls = id === null ? undefined : service.lesson(id)
    const found = await calls?.state().catch(unlessForgotten)
    this.#service = service
    if (found !== undefined) this.#calls = Promise.resolve(calls)
    return { isForgotten: calls !== undefined && found === undefined, state: 'collecting', classes: [], ...found }
  }

  /** Its calls; it begins with the first of them. */
  calls() {
    this.#calls ??= this.#service.begin(this.#model).then(
      ({ lesson }) => {
        sessionStorage.setItem(this.#key, lesson)
        return this.#service.lesson(lesson)
      },
      (error) => {
        this.#calls = undefined
        throw error
      },
    )
    return this.#calls
  }

  /** Deletes every picture of it. */
  async end() {
    if (this.#calls !== undefined) await (await this.#calls).end().catch(unlessForgotten)
    this.leave()
  }

  /** The next call begins another one. */
  leave() {
    sessionStorage.removeItem(this.#key)
    this.#calls = undefined
    this.turn++
  }
}

/** Not found: the service has forgotten the lesson, or what was to go has gone. */
export function unlessForgotten(error) {
  if (error.status !== 404) throw error
}
