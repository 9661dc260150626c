import type { FastifyInstance } from 'fastify'
import { problemResponses } from '../problem-documents.js'
import { Problem } from '../problems.js'
import type { Services } from '../services.js'
import { noParameters } from './schemas.js'

/** Whether the process lives, and whether it can answer. */
export function healthRoutes(app: FastifyInstance, { models, stopping }: Services): void {
  app.get('/healthz', { config: { rateLimit: false }, schema: health('healthz', 'Whether the service runs') }, () => ({
    status: 'alive',
  }))
  app.get('/readyz', { config: { rateLimit: false }, schema: health('readyz', 'Whether every model answers') }, () => {
    if (stopping.aborted) throw new Problem('not-ready', 'The service is ending.')
    if (!models.isReady) throw new Problem('not-ready', 'A model is still being opened.')
    return { status: 'ready' }
  })
}

function health(operationId: string, summary: string) {
  return {
    operationId,
    tags: ['service'],
    summary,
    querystring: noParameters,
    response: {
      200: {
        description: 'It does.',
        type: 'object',
        required: ['status'],
        additionalProperties: false,
        properties: { status: { type: 'string' } },
      },
      ...problemResponses('bad-request', 'not-ready'),
    },
  }
}
