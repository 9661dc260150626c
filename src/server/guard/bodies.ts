import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems.js'

/** How often what came in is added up, in milliseconds. */
const pause = 250

/**
 * Bounds what the bodies of all requests take of memory. What came in counts, not what a head promises: clients that
 * promise much and send slowly keep nobody away. Beyond the bound, new bodies are refused, and the largest ones that
 * are still growing are cut off.
 *
 * @param mostBytes of all bodies that are in hand
 */
export function limitBodies(app: FastifyInstance, mostBytes: number): void {
  /** What had come over the connection before a request. */
  const inHand = new Map<IncomingMessage, number>()
  /** What had come over a connection by the end of its last answer. */
  const earlier = new WeakMap<Socket, number>()
  const bytesOf = ([{ socket }, before]: readonly [IncomingMessage, number]) => socket.bytesRead - before
  const total = () => [...inHand].reduce((sum, one) => sum + bytesOf(one), 0)

  // Of all requests: heads of those without a body come over the same connection.
  app.server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    response.once('close', () => earlier.set(socket, socket.bytesRead))
  })
  app.addHook('onRequest', (request, reply, done) => {
    const { raw, headers } = request
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return done()
    if (total() > mostBytes) {
      throw new Problem('overloaded', 'The service holds as many bodies as it can.', { retryAfter: 1 })
    }
    inHand.set(raw, earlier.get(raw.socket) ?? 0)
    reply.raw.once('close', () => inHand.delete(raw))
    done()
  })

  const timer = setInterval(() => {
    let excess = total() - mostBytes
    if (excess <= 0) return
    const growing = [...inHand].filter(([{ complete }]) => !complete).sort((a, b) => bytesOf(b) - bytesOf(a))
    for (const one of growing) {
      if (excess <= 0) return
      excess -= bytesOf(one)
      one[0].socket.destroy()
    }
  }, pause).unref()
  app.addHook('onClose', () => clearInterval(timer))
}
