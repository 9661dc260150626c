import { Problem } from '../problems.js'

/** Wrong tokens that one address may send within the time. */
const most = 10
const windowMs = 60_000
/** Addresses that are remembered. */
const maxClients = 10_000

/** Counts wrong tokens by client, so that those who try many hear to wait. */
export class WrongTokens {
  readonly #clients = new Map<string, { count: number; readonly until: number }>()

  /** @param now milliseconds since some beginning */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @throws Problem `too-many-requests` where a client has sent too many */
  check(client: string): void {
    const found = this.#clients.get(client)
    if (found === undefined || found.until <= this.now()) return
    if (found.count < most) return
    throw new Problem('too-many-requests', 'Too many wrong tokens came from this address; try again in a minute.', {
      retryAfter: Math.ceil((found.until - this.now()) / 1000),
    })
  }

  note(client: string): void {
    const found = this.#clients.get(client)
    if (found !== undefined && found.until > this.now()) found.count++
    else {
      // Maps keep the order of insertion: the first is the one that began longest ago.
      this.#clients.delete(client)
      if (this.#clients.size >= maxClients) this.#clients.delete(this.#clients.keys().next().value!)
      this.#clients.set(client, { count: 1, until: this.now() + windowMs })
    }
  }
}
