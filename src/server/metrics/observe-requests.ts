import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Metrics } from './metrics.js'

/** Counts requests and their time, by the route's pattern, as addresses may hold anything. */
export function observeRequests(app: FastifyInstance, { requests, requestsInHand, requestSeconds }: Metrics): void {
  app.addHook('onRequest', (_request, reply, done) => {
    requestsInHand.inc()
    reply.raw.once('close', () => requestsInHand.dec())
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    requests.inc({ route: routeOf(request), method: request.method, status: reply.statusCode })
    requestSeconds.observe({ route: routeOf(request) }, reply.elapsedTime / 1000)
    done()
  })
  app.addHook('onRequestAbort', (request, done) => {
    requests.inc({ route: routeOf(request), method: request.method, status: 'aborted' })
    done()
  })
}

function routeOf({ routeOptions: { url } }: FastifyRequest): string {
  return url ?? 'unknown'
}
