import type { FastifyInstance } from 'fastify'
import { problemResponses } from '../problem-documents.js'
import type { Services } from '../services.js'
import { noParameters } from './schemas.js'

/** The figures of the service, for Prometheus. */
export function metricsRoutes(app: FastifyInstance, { metrics: { registry } }: Services): void {
  const schema = {
    operationId: 'metrics',
    tags: ['service'],
    summary: 'Figures in the text format of Prometheus',
    querystring: noParameters,
    response: {
      200: { description: 'Figures.', content: { 'text/plain': { schema: { type: 'string' } } } },
      ...problemResponses('bad-request'),
    },
  }
  app.get('/metrics', { config: { rateLimit: false }, schema }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}
