import { getHeapStatistics } from 'node:v8'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import underPressure from '@fastify/under-pressure'
import { fastify, type FastifyInstance } from 'fastify'
import { asProblem } from './as-problem.js'
import { limitBodies } from './guard/bodies.js'
import { answerClientError } from './guard/client-errors.js'
import { closeUnread } from './guard/connections.js'
import { securityHeaders } from './guard/headers.js'
import { checkEncoding } from './guard/encodings.js'
import { checkHost, checkOrigin } from './guard/hosts.js'
import { observeRequests } from './metrics/observe-requests.js'
import type { Settings } from './options.js'
import { problemSchema, sendProblem } from './problem-documents.js'
import { Problem } from './problems.js'
import { reportFailure } from './report-failure.js'
import { boundJson } from './requests/bounded-json.js'
import { describeCommonProblems, refuseOtherMethods } from './routes/every-route.js'
import { descriptionOf, documentRoutes } from './routes/documents.js'
import { healthRoutes } from './routes/health.js'
import { labelsRoutes } from './routes/labels.js'
import { metricsRoutes } from './routes/metrics.js'
import { modelsRoutes } from './routes/models.js'
import { pageRoutes } from './routes/page.js'
import { predictRoutes } from './routes/predict.js'
import { labelSchema, predictionSchema } from './routes/schemas.js'
import { teachRoutes } from './routes/teach.js'
import type { Services } from './services.js'
import { v2Routes } from './v2/routes.js'
import { buildSerializer, buildValidator } from './validation.js'

/** Seconds that the limit on a client's requests is a mean over. */
const rateWindow = 10

/** The share of the heap that may be in use before requests are refused: beyond it, the process would soon end. */
const mostHeap = 0.9

/** Values that a request in JSON may have; `/v2` has a limit of its own. */
const mostValues = 50_000

/** Where others watch the service: they must hear from it just when it has too much to do. */
const watched = ['/healthz', '/readyz', '/v2/health/live', '/v2/health/ready', '/metrics']

/** Those of them that say for themselves how it is while the service ends. */
const watchedToTheEnd = ['/healthz', '/v2/health/live', '/v2/health/ready']

/** Puts the service together: what holds for every route, then the routes; it does not listen yet. */
export async function buildApp(services: Services): Promise<FastifyInstance> {
  const app = bareApp(services.options)
  try {
    await assemble(app, services)
    return app
  } catch (error) {
    // What a part has opened by then is closed, such as the folder for uploads.
    await app.close()
    throw error
  }
}

async function assemble(app: FastifyInstance, services: Services): Promise<void> {
  const { options, metrics } = services
  const paths = new Set<string>()
  app.addHook('onRoute', ({ url }) => void paths.add(url))
  describeCommonProblems(app)
  observeRequests(app, metrics)
  await guard(app, services)
  handleErrors(app, options)
  for (const schema of [problemSchema, labelSchema, predictionSchema]) app.addSchema(schema)
  await readBodies(app)
  await app.register(swagger, {
    openapi: descriptionOf(options),
    refResolver: { buildLocalReference: ({ $id }, _base, _fragment, i) => String($id ?? `schema-${i}`) },
  })
  await registerRoutes(app, services)
  await app.after()
  refuseOtherMethods(app, [...paths], options)
  await app.ready()
}

async function registerRoutes(app: FastifyInstance, services: Services): Promise<void> {
  healthRoutes(app, services)
  metricsRoutes(app, services)
  modelsRoutes(app, services)
  labelsRoutes(app, services)
  predictRoutes(app, services)
  await documentRoutes(app)
  await app.register((v2) => v2Routes(v2, services), { prefix: '/v2' })
  await app.register((teach) => teachRoutes(teach, services))
  await pageRoutes(app)
}

function bareApp({ limits }: Settings): FastifyInstance {
  return fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: 1000, requireHostHeader: false },
    routerOptions: { maxParamLength: 1024 },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, asProblem(error)),
    // A hook of ours refuses what comes while the service ends, in the form of a problem.
    return503OnClosing: false,
    schemaController: { compilersFactory: { buildValidator, buildSerializer } },
  })
}

async function guard(app: FastifyInstance, { options, stopping }: Services): Promise<void> {
  const { limits } = options
  await app.register(helmet, securityHeaders)
  const isAddressed = checkHost(options)
  app.addHook('onRequest', (request, _reply, done) => {
    isAddressed(request)
    checkOrigin(request)
    checkEncoding(request)
    if (stopping.aborted && !watchedToTheEnd.includes(request.url)) {
      throw new Problem('not-ready', 'The service is ending.', { retryAfter: 5 })
    }
    done()
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping.aborted) reply.header('connection', 'close')
    closeUnread(reply.raw, limits.requestMs)
    done()
  })
  limitBodies(app, limits.bodiesBytes)
  await app.register(rateLimit, {
    max: limits.requestsPerSecond * rateWindow,
    timeWindow: rateWindow * 1000,
    addHeaders: quiet,
    addHeadersOnExceeding: quiet,
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem('too-many-requests', `A client may send ${limits.requestsPerSecond} requests a second.`, {
        retryAfter: Math.max(1, Math.ceil(ttl / 1000)),
      }),
  })
  await app.register(underPressure, {
    // How late the event loop is does not count: after a pause in which it measured nothing, the plugin takes it to be
    // late without end, and another program that had the processor would make the service refuse whatever comes.
    maxHeapUsedBytes: mostHeap * getHeapStatistics().heap_size_limit,
    pressureHandler({ url }) {
      if (watched.includes(url)) return
      throw new Problem('overloaded', 'The service has no memory left for another request.', { retryAfter: 5 })
    },
  })
}

const quiet = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false }

function handleErrors(app: FastifyInstance, options: Settings): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = asProblem(error)
    if (problem.type === 'internal' || problem.type === 'no-space') reportFailure(options, request, error)
    return sendProblem(reply, problem)
  })
  app.setNotFoundHandler(({ url }, reply) => {
    const isTaught = url.startsWith('/teach') && !options.allowAdd
    const detail = isTaught
      ? 'This service does not teach.'
      : 'There is nothing at this address; /openapi.json lists all.'
    return sendProblem(reply, new Problem('not-found', detail))
  })
}

async function readBodies(app: FastifyInstance): Promise<void> {
  app.removeContentTypeParser(['text/plain', 'application/json'])
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    boundJson(body, mostValues)
    parseJson(request, body.toString(), done)
  })
  for (const type of [/^image\/[\w.+-]+(?:;|$)/, 'application/octet-stream']) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  }
  await app.register(multipart)
}
