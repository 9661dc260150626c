import type { FastifyInstance } from 'fastify'
import type { Settings } from '../options.js'
import { problemResponses } from '../problem-documents.js'
import { Problem, type ProblemName } from '../problems.js'
import { handleProtocolErrors } from '../v2/errors.js'

/** What any request may be answered with, whatever it asks for. */
const ofAll: readonly ProblemName[] = ['forbidden-origin', 'method-not-allowed', 'too-many-requests', 'internal']
/** What a request with a body may be answered with. */
const ofBodies: readonly ProblemName[] = ['request-timeout', 'too-large', 'unsupported-media-type']

/** Adds to the description of every route to come what the service itself may answer with. */
export function describeCommonProblems(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.schema === undefined || route.schema.hide) return
    // A body is read, and may be refused, also where none is asked for.
    const mayHaveBody = [route.method].flat().some((method) => method !== 'GET' && method !== 'HEAD')
    const names = [...ofAll, 'not-ready' as const, ...(mayHaveBody ? ofBodies : [])]
    route.schema.response = { ...problemResponses(...names), ...(route.schema.response as object) }
  })
}

/** Answers methods that an address does not take with those that it takes; to be called when all routes are there. */
export function refuseOtherMethods(app: FastifyInstance, paths: readonly string[], options: Settings): void {
  const ofProtocol = { errorHandler: handleProtocolErrors(options) }
  for (const url of paths) {
    const [taken, others] = [true, false].map((wanted) =>
      app.supportedMethods.filter((method) => app.hasRoute({ url, method }) === wanted),
    ) as [string[], string[]]
    const allow = taken.sort().join(', ')
    app.route({
      url,
      method: others,
      schema: { hide: true },
      ...(/^\/v2(\/|$)/.test(url) ? ofProtocol : {}),
      // Before the body is read: it does not matter what is in it.
      onRequest: (_request, reply, done) => {
        reply.header('allow', allow)
        done(new Problem('method-not-allowed', `This address takes ${allow}.`))
      },
      handler: () => undefined,
    })
  }
}
