import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems.js'
import type { Services } from '../services.js'

const status = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } } as const

/** Whether the process lives, and whether it can answer. */
export function healthRoutes(app: FastifyInstance, { models, stopping }: Services): void {
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'healthz',
        tags: ['service'],
        summary: 'Whether the service runs',
        response: { 200: status },
      },
    },
    () => ({ status: 'alive' }),
  )
  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'readyz',
        tags: ['service'],
        summary: 'Whether every model answers',
        response: { 200: status },
      },
    },
    () => {
      if (stopping.aborted) throw new Problem('not-ready', 'The service is ending.')
      if (!models.isReady) throw new Problem('not-ready', 'A model is still being opened.')
      return { status: 'ready' }
    },
  )
}
