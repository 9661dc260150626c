import type { FastifyInstance } from 'fastify'
import { reportFailure } from '../report-failure.js'
import type { Lesson } from '../teaching/lesson.js'
import type { TeachOptions } from '../teaching/teacher.js'
import type { Teaching } from '../teaching/teaching.js'
import { targetOf } from '../teaching/target.js'
import * as schemas from './teach-schemas.js'

interface OfLesson {
  readonly Params: { readonly lesson: string }
}

/** Lessons, and what is done with them as a whole. */
export function teachLessonRoutes(app: FastifyInstance, { services, lessons, teacher, limits }: Teaching): void {
  const described = (lesson: Lesson) => ({
    lesson: lesson.id,
    model: lesson.model,
    state: lesson.state,
    classes: lesson.pictures.classes().map(({ label, images }) => ({
      label,
      images: images.map(({ image, file }) => ({ image, file })),
    })),
    images: lesson.pictures.size,
    bytes: lesson.pictures.bytes,
    limits: { images: limits.images, bytes: limits.bytes },
  })

  app.post<{ Body: { readonly model?: string } }>(
    '/teach/lessons',
    {
      schema: {
        operationId: 'beginLesson',
        summary: 'Begins a lesson: pictures by class that a model is to be taught',
        body: schemas.body({ model: schemas.modelName }),
        response: schemas.answers({ 201: schemas.lesson }, 'unknown-model', 'conflict', 'no-space'),
      },
    },
    async (request, reply) => {
      const { name } = await targetOf(services, request.body.model)
      return reply.status(201).send(described(await lessons.create(name)))
    },
  )

  app.get<OfLesson>(
    '/teach/lessons/:lesson',
    {
      schema: {
        operationId: 'getLesson',
        summary: 'The state of a lesson, its classes and pictures',
        params: schemas.lessonParams,
        response: schemas.answers({ 200: schemas.lesson }, 'not-found'),
      },
    },
    ({ params }) => described(lessons.get(params.lesson)),
  )

  app.delete<OfLesson>(
    '/teach/lessons/:lesson',
    {
      schema: {
        operationId: 'endLesson',
        summary: 'Ends a lesson and deletes its pictures; what was taught stays, and teaching in hand is stopped',
        description: '202 where work in hand has to stop before the pictures can be deleted.',
        params: schemas.lessonParams,
        response: schemas.answers({ 202: schemas.begun, 204: schemas.nothing }, 'not-found'),
      },
    },
    async (request, reply) => {
      const { params } = request
      const { isBusy } = lessons.get(params.lesson)
      const ended = lessons.end(params.lesson)
      if (isBusy) {
        ended.catch((error: unknown) => reportFailure(services.options, request, error))
        return reply.status(202).send()
      }
      await ended
      return reply.status(204).send()
    },
  )

  app.post<OfLesson>(
    '/teach/lessons/:lesson/advice',
    {
      schema: {
        operationId: 'adviseLesson',
        summary: 'What is wrong with the pictures of a lesson, what to expect of them, and what to do',
        params: schemas.lessonParams,
        response: schemas.answers({ 200: schemas.object({ advice: { type: 'object' } }) }, 'not-found', 'conflict'),
      },
    },
    async ({ params }, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      return { advice: await teacher.advise(lessons.get(params.lesson), gone.signal) }
    },
  )

  app.post<OfLesson & { Body: TeachOptions }>(
    '/teach/lessons/:lesson/teach',
    {
      schema: {
        operationId: 'teachLesson',
        summary: 'Begins to teach a lesson; its events tell how that goes',
        params: schemas.lessonParams,
        body: schemas.body({
          overlap: { type: 'string', enum: ['separate', 'merge'], description: 'What a name that is taken means' },
          name: { type: 'string', minLength: 1, maxLength: 255, description: 'What the addition is called' },
        }),
        response: schemas.answers(
          { 202: schemas.object({ lesson: schemas.lessonId, state: schemas.state }) },
          'not-found',
          'conflict',
        ),
      },
    },
    async ({ params, body }, reply) => {
      const lesson = lessons.get(params.lesson)
      await teacher.begin(lesson, body)
      return reply.status(202).send({ lesson: lesson.id, state: lesson.state })
    },
  )

  app.post<OfLesson>(
    '/teach/lessons/:lesson/stop',
    {
      schema: {
        operationId: 'stopLesson',
        summary: 'Stops teaching a lesson, whose pictures stay; its last event tells when that is done',
        params: schemas.lessonParams,
        response: schemas.answers(
          { 202: schemas.object({ lesson: schemas.lessonId, state: schemas.state }) },
          'not-found',
          'conflict',
        ),
      },
    },
    ({ params }, reply) => {
      const lesson = lessons.get(params.lesson)
      lesson.stop()
      return reply.status(202).send({ lesson: lesson.id, state: lesson.state })
    },
  )

  app.get<OfLesson>(
    '/teach/lessons/:lesson/result',
    {
      schema: {
        operationId: 'getLessonResult',
        summary: 'What came of a lesson',
        params: schemas.lessonParams,
        response: schemas.answers({ 200: schemas.result }, 'not-found', 'conflict'),
      },
    },
    ({ params }) => lessons.get(params.lesson).taught.result,
  )

  app.post<OfLesson>(
    '/teach/lessons/:lesson/undo',
    {
      schema: {
        operationId: 'undoLesson',
        summary: 'Takes a taught lesson back; refused where the model was changed since',
        params: schemas.lessonParams,
        response: schemas.answers(
          { 200: schemas.object({ revision: schemas.revision }) },
          'not-found',
          'conflict',
          'no-space',
        ),
      },
    },
    async ({ params }) => ({ revision: await teacher.undo(lessons.get(params.lesson)) }),
  )
}
