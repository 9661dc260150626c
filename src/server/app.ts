import { fastify, type FastifyInstance } from 'fastify'
import { healthRoutes } from './routes/health.js'
import type { Services } from './services.js'

/** Puts the service together: plugins, then routes; it does not listen yet. */
export async function buildApp(services: Services): Promise<FastifyInstance> {
  const { limits } = services.options
  const app = fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: 1000 },
  })
  healthRoutes(app, services)
  await app.ready()
  return app
}
