import type { FastifyInstance } from 'fastify'
import type { Lease } from '../models/served-models.js'
import type { Settings } from '../options.js'
import { problemResponses } from '../problem-documents.js'
import type { Services } from '../services.js'
import { noParameters, revision } from './schemas.js'

const count = { type: 'integer', minimum: 0 } as const

const answer = {
  description: 'The models, the first of which answers where a request names none.',
  type: 'object',
  required: ['models'],
  additionalProperties: false,
  properties: {
    models: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'revision', 'classes', 'rejects', 'thresholds', 'teachable'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          revision,
          classes: {
            type: 'object',
            required: ['base', 'added', 'total'],
            additionalProperties: false,
            properties: { base: count, added: count, total: count },
          },
          rejects: { type: 'boolean', description: 'Whether it can mark images of no known class.' },
          thresholds: { type: 'boolean', description: 'Whether it has thresholds of classes.' },
          teachable: { type: 'boolean', description: 'Whether classes can be taught to it over HTTP.' },
        },
      },
    },
  },
} as const

/** The models of the service. */
export function modelsRoutes(app: FastifyInstance, { models, options }: Services): void {
  const schema = {
    operationId: 'models',
    tags: ['classifier'],
    summary: 'The models that are served',
    querystring: noParameters,
    response: { 200: answer, ...problemResponses('bad-request') },
  }
  app.get('/models', { schema }, () => ({
    models: models.names.map((name) => {
      using lease = models.lease(name)
      return describe(lease, options)
    }),
  }))
}

function describe({ name, model, revision, classifier }: Lease, { allowAdd, models }: Settings) {
  const { labels, baseClasses, confidenceQuantiles, heldOut, manifest } = classifier
  const hasOut = models.some((one) => one.model === model && one.out !== undefined)
  return {
    name,
    revision,
    classes: { base: baseClasses.length, added: labels.length - baseClasses.length, total: labels.length },
    rejects: confidenceQuantiles.length > 0,
    thresholds: heldOut.some(({ threshold }) => threshold !== undefined),
    teachable: allowAdd && (manifest !== undefined || hasOut),
  }
}
