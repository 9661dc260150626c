import type { Session } from '../runtime/session.js'

interface Entry {
  readonly session: Promise<Session>
  users: number
}

/** Sessions by the hash of their graph. The `most` that were used last stay open, as does any that is in use. */
export class SessionPool {
  readonly #open: (graph: string) => Promise<Session>
  readonly #most: number
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>()

  constructor(open: (graph: string) => Promise<Session>, most: number) {
    this.#open = open
    this.#most = most
  }

  /**
   * Runs `work` with the graph's session, opening it if needed. A session that fails to open is not kept: the next call
   * tries again.
   */
  async use<T>(graph: string, work: (session: Session) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(graph) ?? { session: this.#open(graph), users: 0 }
    // Moves the entry to the end, as the most recently used.
    this.#entries.delete(graph)
    this.#entries.set(graph, entry)
    entry.users++
    try {
      return await work(await this.#opened(graph, entry))
    } finally {
      entry.users--
      await this.#closeAllBut(this.#most)
    }
  }

  /** Closes all sessions that are not in use. */
  async close(): Promise<void> {
    await this.#closeAllBut(0)
  }

  async #opened(graph: string, entry: Entry): Promise<Session> {
    try {
      return await entry.session
    } catch (error) {
      if (this.#entries.get(graph) === entry) this.#entries.delete(graph)
      throw error
    }
  }

  async #closeAllBut(most: number): Promise<void> {
    while (this.#entries.size > most) {
      // Searched again each time: while one session closes, another may be taken into use.
      const oldest = [...this.#entries].find(([, { users }]) => users === 0)
      if (oldest === undefined) return
      const [graph, { session }] = oldest
      this.#entries.delete(graph)
      await (await session).close()
    }
  }
}
