import type { FastifyInstance } from 'fastify'
import { history } from '../../workflow/history.js'
import { downloadFormats, exportDownload, type DownloadFormat } from '../teaching/export-download.js'
import { emptyHistory, historyDocument } from '../teaching/history-document.js'
import { targetOf } from '../teaching/target.js'
import type { Teaching } from '../teaching/teaching.js'
import { failureOf } from '../teaching/words/failure.js'
import * as schemas from './teach-schemas.js'

/** What was taught so far: its history, a way back, and a copy to take away. */
export function teachModelRoutes(app: FastifyInstance, teaching: Teaching): void {
  const { services, teacher } = teaching

  app.get<{ Querystring: { readonly model?: string } }>(
    '/teach/history',
    {
      schema: {
        operationId: 'getHistory',
        summary: 'The changes of a model, the last one first',
        querystring: schemas.body({ model: schemas.modelName }),
        response: schemas.answers({ 200: schemas.history }, 'unknown-model', 'conflict'),
      },
    },
    async ({ query }) => {
      const { name, model, out } = await targetOf(services, query.model)
      try {
        return model === out ? historyDocument(await history({ model }), name) : emptyHistory(name)
      } catch (error) {
        throw failureOf(error)
      }
    },
  )

  app.post<{ Body: { readonly model?: string; readonly revision: number } }>(
    '/teach/rollback',
    {
      schema: {
        operationId: 'rollBack',
        summary: 'Brings an earlier revision of a model back',
        body: schemas.body({ model: schemas.modelName, revision: schemas.revision }, ['revision']),
        response: schemas.answers({ 200: schemas.rolledBack }, 'unknown-model', 'not-found', 'conflict', 'no-space'),
      },
    },
    ({ body }) => teacher.rollBack(body.model, body.revision),
  )

  app.get<{ Querystring: { readonly model?: string; readonly format: DownloadFormat } }>(
    '/teach/export',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'exportModel',
        summary: 'A model to take away: an ONNX file, or a tar of a folder with a page for browsers',
        querystring: schemas.body({ model: schemas.modelName, format: { type: 'string', enum: downloadFormats } }, [
          'format',
        ]),
        response: schemas.answers(
          { 200: schemas.content('The export.', 'application/octet-stream', 'application/x-tar') },
          'unknown-model',
          'conflict',
          'no-space',
        ),
      },
    },
    async ({ query }, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const signal = AbortSignal.any([gone.signal, services.stopping])
      const { name, type, bytes, content } = await exportDownload(
        teaching,
        { model: query.model, format: query.format },
        signal,
      )
      if (bytes !== undefined) reply.header('content-length', bytes)
      return reply.type(type).header('content-disposition', `attachment; filename="${name}"`).send(content)
    },
  )
}
