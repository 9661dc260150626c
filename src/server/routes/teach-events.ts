import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { eventStream } from '../teaching/event-log.js'
import type { Teaching } from '../teaching/teaching.js'
import * as schemas from './teach-schemas.js'

/** How the teaching of a lesson goes, as server-sent events. Who listens, or goes away, does not change it. */
export function teachEventRoutes(app: FastifyInstance, { services, lessons, clock }: Teaching): void {
  app.get<{ Params: { readonly lesson: string }; Headers: { readonly 'last-event-id'?: string } }>(
    '/teach/lessons/:lesson/events',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'getLessonEvents',
        summary: 'Events while a lesson is taught: progress, warning, and at last taught or failed',
        description: 'Each has an id; the header Last-Event-ID asks for those after one.',
        params: schemas.lessonParams,
        response: schemas.answers(
          { 200: schemas.content('Events until the end of the teaching.', 'text/event-stream'), 204: schemas.nothing },
          'not-found',
        ),
      },
    },
    (request, reply) => {
      const { events, state } = lessons.get(request.params.lesson)
      const given = Number(request.headers['last-event-id'] ?? 0)
      // An id that was never given must not hide what is to come.
      const last = Number.isSafeInteger(given) && given >= 0 ? Math.min(given, events.newest) : 0
      // Nothing will come: this status keeps an EventSource from asking again.
      if (state !== 'teaching' && events.after(last).length === 0) return reply.status(204).send()
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const signal = AbortSignal.any([gone.signal, services.stopping])
      return (
        reply
          .type('text/event-stream; charset=utf-8')
          .header('cache-control', 'no-store')
          // Nothing else follows on a connection that may last for long.
          .header('connection', 'close')
          .header('x-accel-buffering', 'no')
          .send(Readable.from(eventStream(events, last, { clock, signal })))
      )
    },
  )
}
