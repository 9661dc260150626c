import type { FastifyInstance } from 'fastify'
import { problemResponses } from '../problem-documents.js'
import type { Services } from '../services.js'
import { modelName, revision } from './schemas.js'

const answer = {
  description: 'The labels, in the order of the outputs.',
  type: 'object',
  required: ['model', 'revision', 'labels'],
  additionalProperties: false,
  properties: { model: { type: 'string' }, revision, labels: { type: 'array', items: { $ref: 'Label#' } } },
} as const

/** The classes of a model. */
export function labelsRoutes(app: FastifyInstance, { models }: Services): void {
  const schema = {
    operationId: 'labels',
    tags: ['classifier'],
    summary: 'The classes of a model',
    querystring: { type: 'object', additionalProperties: false, properties: { model: modelName } },
    response: { 200: answer, ...problemResponses('bad-request', 'unknown-model') },
  }
  app.get<{ Querystring: { model?: string } }>('/labels', { schema }, ({ query }) => {
    using lease = models.lease(query.model)
    return { model: lease.name, revision: lease.revision, labels: lease.classifier.labels }
  })
}
