import multipart from '@fastify/multipart'
import { fastify } from 'fastify'
import { createMetrics } from '../../../src/server/metrics/metrics.js'
import { openModels } from '../../../src/server/models/open-models.js'
import { settingsOf, type ServeOptions } from '../../../src/server/options.js'
import { Problem, problems } from '../../../src/server/problems.js'
import { teachRoutes } from '../../../src/server/routes/teach.js'
import type { TeachingOptions } from '../../../src/server/teaching/teaching.js'

export const token = 'a-token'

/** A service that teaches, on a port of its own. */
export interface School extends AsyncDisposable {
  readonly url: string
  /** Ends event streams, as the end of a service does. */
  readonly stopping: AbortController
  /** Sends a request with the token. */
  send(
    method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
    url: string,
    payload?: object | Buffer,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Sent>
}

export interface Sent {
  readonly status: number
  readonly body: Record<string, any> // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly text: string
  readonly bytes: Buffer
  readonly headers: Headers
}

export async function openSchool(options: ServeOptions, teaching: TeachingOptions = {}): Promise<School> {
  const settings = settingsOf({ device: 'cpu', allowAdd: true, token, ...options })
  const metrics = createMetrics()
  const models = await openModels(settings, metrics)
  const stopping = new AbortController()
  const app = fastify({ bodyLimit: settings.limits.bodyBytes })
  app.setErrorHandler((error, _request, reply) => {
    const problem = error instanceof Problem ? error : new Problem('bad-request', (error as Error).message)
    return reply
      .code(problems[problem.type].status)
      .send({ type: problem.type, title: problems[problem.type].title, detail: problem.message })
  })
  app.addContentTypeParser(/^image\//, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  await app.register(multipart)
  await teachRoutes(app, { models, options: settings, metrics, stopping: stopping.signal }, teaching)
  const url = await app.listen({ port: 0 })
  return {
    url,
    stopping,
    async send(method, path, payload, headers = {}) {
      const type = { 'content-type': Buffer.isBuffer(payload) ? 'image/png' : 'application/json' }
      const isText = payload !== undefined && !Buffer.isBuffer(payload)
      const answer = await fetch(`${url}${path}`, {
        method,
        ...(payload === undefined ? {} : { body: isText ? JSON.stringify(payload) : payload }),
        headers: { authorization: `Bearer ${token}`, ...(payload === undefined ? {} : type), ...headers },
      })
      const bytes = Buffer.from(await answer.arrayBuffer())
      const isJson = answer.headers.get('content-type')?.includes('json') === true
      const body = isJson ? (JSON.parse(bytes.toString()) as Sent['body']) : {}
      return { status: answer.status, body, text: bytes.toString(), bytes, headers: answer.headers }
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await app.close()
      await models[Symbol.asyncDispose]()
    },
  }
}

/** The events in the text of a stream. */
export function eventsIn(text: string): { id: number; event: string; data: Record<string, unknown> }[] {
  return [...text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)$/gm)].map(([, id, event, data]) => ({
    id: Number(id),
    event: event!,
    data: JSON.parse(data!) as Record<string, unknown>,
  }))
}
