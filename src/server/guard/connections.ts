import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a server: how many there may be, and which of them have a request in hand. */
export class Connections {
  readonly #server: Server
  /** Connections without a request in hand, those that have waited longest first. */
  readonly #waiting = new Set<Socket>()
  #open = 0
  #inHand = 0
  #whenIdle: (() => void) | undefined

  /** @param most connections open at once; of more, the one that has waited longest for a request goes */
  constructor(server: Server, most: number) {
    this.#server = server
    server.on('connection', (socket) => {
      this.#open++
      this.#waiting.add(socket)
      socket.once('close', () => {
        this.#open--
        this.#waiting.delete(socket)
      })
      if (this.#open > most) (this.#waiting.values().next().value ?? socket).destroy()
    })
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#inHand++
      this.#waiting.delete(socket)
      response.once('close', () => {
        if (!socket.destroyed) this.#waiting.add(socket)
        if (--this.#inHand === 0) this.#whenIdle?.()
      })
    })
  }

  /** Closes all connections as soon as no request is in hand, at the latest after so many milliseconds. */
  async end(withinMs: number): Promise<void> {
    if (this.#inHand > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs)
        this.#whenIdle = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    // Those that have sent half a request, or none, would keep the server open until their time is over.
    this.#server.closeAllConnections()
  }
}

/**
 * Closes a connection whose client takes nothing of an answer for so many milliseconds. It may be silent for longer
 * where all there is has been taken, as of events.
 */
export function closeUnread(response: ServerResponse, afterMs: number): void {
  response.setTimeout(afterMs, () => {
    if (response.writableLength > 0) response.destroy()
  })
}
