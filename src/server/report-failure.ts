import type { FastifyRequest } from 'fastify'
import { messageOf } from '../core/errors.js'
import type { Settings } from './options.js'

/** Tells whoever runs the service of a request that failed, of which its client is told nothing. */
export function reportFailure({ onProgress }: Settings, request: FastifyRequest, error: unknown): void {
  const message = `A request failed (${request.method} ${request.routeOptions.url ?? ''}): ${reasonsOf(error)}`
  onProgress?.({ type: 'warning', code: 'REQUEST_FAILED', message })
}

/** The message of an error, then those of its causes: what a client is told leaves out the one that names a file. */
export function reasonsOf(error: unknown): string {
  const reasons: string[] = []
  const seen = new Set<unknown>()
  for (let at = error; at !== undefined && !seen.has(at); at = at instanceof Error ? at.cause : undefined) {
    seen.add(at)
    const reason = messageOf(at)
    // Many a message repeats that of its cause.
    if (reason !== '' && !reasons.some((told) => told.includes(reason))) reasons.push(reason)
  }
  return reasons.map((reason, i) => (i < reasons.length - 1 ? reason.replace(/\.$/, '') : reason)).join(': ')
}
