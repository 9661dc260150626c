import type { FastifyReply } from 'fastify'
import { Problem } from '../problems.js'

/** A signal that fires when an answer is no longer wanted; dispose of it when the answer is there. */
export interface TimeLimit extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Limits the time for an answer. The signal fires with a `Problem` when time is over, and when the client has gone; and
 * when it is disposed of, so that what still waits gives up its place.
 */
export function timeLimit(reply: FastifyReply, withinMs: number): TimeLimit {
  const controller = new AbortController()
  const gone = () => controller.abort(new Problem('bad-request', 'The client has gone.'))
  const timer = setTimeout(
    () => controller.abort(new Problem('deadline-exceeded', `There was no answer within ${withinMs / 1000} seconds.`)),
    withinMs,
  )
  if (reply.raw.destroyed) gone()
  else reply.raw.once('close', gone)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      reply.raw.off('close', gone)
      gone()
    },
  }
}
