import type { Session } from '../runtime/session.js'

interface Entry {
  readonly session: Promise<Session>
  users: number
  /** Whether a run failed: the session's thread may have died, and every further run would fail as well. */
  hasFailed: boolean
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
   * Runs `work` with the graph's session, opening it if needed. A session that fails to open, or to run, is not kept:
   * the next call tries again.
   */
  async use<T>(graph: string, work: (session: Session) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(graph) ?? this.#newEntry(graph)
    // Moves the entry to the end, as the most recently used.
    this.#entries.delete(graph)
    this.#entries.set(graph, entry)
    entry.users++
    try {
      return await work(await this.#opened(graph, entry))
    } finally {
      entry.users--
      if (entry.hasFailed) await this.#drop(graph, entry)
      await this.#closeAllBut(this.#most)
    }
  }

  /** Closes all sessions that are not in use. */
  async close(): Promise<void> {
    await this.#closeAllBut(0)
  }

  #newEntry(graph: string): Entry {
    const watched = async () => {
      const session = await this.#open(graph)
      const run: Session['run'] = (...what) =>
        session.run(...what).catch((error: unknown) => {
          entry.hasFailed = true
          throw error
        })
      const close = () => session.close()
      return { provider: session.provider, instances: session.instances ?? 1, run, close, [Symbol.asyncDispose]: close }
    }
    const entry: Entry = { session: watched(), users: 0, hasFailed: false }
    return entry
  }

  async #opened(graph: string, entry: Entry): Promise<Session> {
    try {
      return await entry.session
    } catch (error) {
      this.#forget(graph, entry)
      throw error
    }
  }

  /** Gives a session to nobody else, and closes it once nobody uses it. */
  async #drop(graph: string, entry: Entry): Promise<void> {
    this.#forget(graph, entry)
    if (entry.users === 0) await (await entry.session).close()
  }

  #forget(graph: string, entry: Entry): void {
    if (this.#entries.get(graph) === entry) this.#entries.delete(graph)
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
