import type { FastifyRequest } from 'fastify'
import { messageOf } from '../core/errors.js'
import type { Settings } from './options.js'

/** Tells whoever runs the service of a failure that its client is told nothing about. */
export function reportFailure({ onProgress }: Settings, request: FastifyRequest, error: unknown): void {
  const message = `A request failed (${request.method} ${request.routeOptions.url ?? ''}): ${messageOf(error)}`
  onProgress?.({ type: 'warning', code: 'REQUEST_FAILED', message })
}
