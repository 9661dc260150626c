import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a server: how many there may be, and which of them have a request in hand. */
export class Connections {
  readonly #server: Server
  /** Connections without a request in hand, those that have waited longest first. */
  readonly #waiting = new Set<Socket>()
  /** Answers that wait behind another one of their connection. */
  readonly #queued = new WeakMap<Socket, Set<ServerResponse>>()
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
        this.#closeQueued(socket)
      })
      if (this.#open > most) (this.#waiting.values().next().value ?? socket).destroy()
    })
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#inHand++
      this.#waiting.delete(socket)
      if (response.socket === null) this.#queue(socket, response)
      response.once('close', () => {
        if (!socket.destroyed) this.#waiting.add(socket)
        if (--this.#inHand === 0) this.#whenIdle?.()
      })
    })
  }

  #queue(socket: Socket, response: ServerResponse): void {
    const queued = this.#queued.get(socket) ?? new Set()
    this.#queued.set(socket, queued.add(response))
    response.once('socket', () => queued.delete(response))
  }

  /** Node closes the answer that is being sent with its connection, and leaves those behind it open for ever. */
  #closeQueued(socket: Socket): void {
    for (const response of this.#queued.get(socket) ?? []) {
      response.destroy()
      response.emit('close')
    }
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
