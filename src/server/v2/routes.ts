import type { FastifyInstance } from 'fastify'
import { versions } from '../../workflow/versions.js'
import { Problem, problems } from '../problems.js'
import { Budget } from '../../core/budget.js'
import { timeLimit } from '../requests/time-limit.js'
import type { Services } from '../services.js'
import { describeRoute } from './describe-route.js'
import { handleProtocolErrors, sendError } from './errors.js'
import { infer } from './infer.js'
import { leaseVersion, type ModelPath } from './lease-version.js'
import { modelMetadata, serverMetadata } from './metadata.js'

interface OfModel {
  Params: ModelPath
  Body: Buffer | undefined
}

/** The Open Inference Protocol, version 2, over REST: below `/v2` in a context of its own. */
export async function v2Routes(app: FastifyInstance, services: Services): Promise<void> {
  const { models, metrics } = services
  const decompressed = new Budget(services.options.limits.bodiesBytes)
  const metadata = serverMetadata((await versions()).nplusk)
  // Clients send JSON and bytes under any content type, or none.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler(handleProtocolErrors(services.options))
  app.setNotFoundHandler((_request, reply) => sendError(reply, new Problem('not-found', problems['not-found'].title)))

  app.get('/', { ...describeRoute('serverMetadata'), prefixTrailingSlash: 'no-slash' }, () => metadata)
  app.get('/', { schema: { hide: true }, prefixTrailingSlash: 'slash' }, () => metadata)
  // Whoever watches the service may ask as often as they like.
  const watched = { config: { rateLimit: false } } as const
  app.get('/health/live', { ...describeRoute('serverLive'), ...watched }, () => ({ live: true }))
  app.get('/health/ready', { ...describeRoute('serverReady'), ...watched }, (_request, reply) => {
    const ready = models.isReady && !services.stopping.aborted
    // The specification's text calls the field `live`, its clients `ready`.
    return reply.code(ready ? 200 : 503).send({ live: true, ready })
  })
  for (const versioned of [false, true]) {
    const path = versioned ? '/models/:model/versions/:version' : '/models/:model'
    app.get<OfModel>(path, describeRoute('modelMetadata', versioned), ({ params }) => {
      using lease = leaseVersion(models, params)
      return modelMetadata(lease)
    })
    app.get<OfModel>(`${path}/ready`, describeRoute('modelReady', versioned), ({ params }) => {
      using lease = leaseVersion(models, params)
      if (lease.hasFailed()) throw new Problem('not-ready', 'The model failed to answer, and is being opened anew.')
      return { name: lease.name, ready: true }
    })
    app.post<OfModel>(`${path}/infer`, describeRoute('modelInfer', versioned), async (request, reply) => {
      const { params, headers, body = Buffer.alloc(0) } = request
      metrics.stageSeconds.observe({ stage: 'read' }, reply.elapsedTime / 1000)
      using limit = timeLimit(reply, services.options.limits.deadlineMs)
      const { signal } = limit
      const response = await infer(services, { ...params, headers, signal, body, decompressed })
      if (response.headerLength === undefined) return reply.type('application/json').send(response.body)
      return reply
        .type('application/octet-stream')
        .header('inference-header-content-length', response.headerLength)
        .send(response.body)
    })
  }
}
