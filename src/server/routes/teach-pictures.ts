import { createReadStream } from 'node:fs'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../problems.js'
import type { Lesson } from '../teaching/lesson.js'
import type { Teaching } from '../teaching/teaching.js'
import { problemEntry } from '../teaching/words/failure.js'
import * as schemas from './teach-schemas.js'

interface OfLesson {
  readonly Params: { readonly lesson: string }
}

interface OfImage {
  readonly Params: { readonly lesson: string; readonly image: string }
}

const tags = ['teaching']

/** The pictures of lessons. */
export function teachPictureRoutes(app: FastifyInstance, { services, lessons }: Teaching): void {
  const open = (id: string) => {
    const lesson = lessons.get(id)
    lesson.checkOpen()
    return lesson
  }
  const { bodyBytes, imagesPerRequest } = services.options.limits

  app.post<OfLesson & { Querystring: { readonly label: string; readonly file?: string } }>(
    '/teach/lessons/:lesson/images',
    {
      schema: {
        operationId: 'addLessonImages',
        tags,
        summary: 'Adds pictures of one class: one as the body, or many as multipart/form-data',
        consumes: ['image/*', 'application/octet-stream', 'multipart/form-data'],
        params: schemas.lessonParams,
        querystring: schemas.body(
          {
            label: schemas.label,
            file: { type: 'string', maxLength: 1024, description: 'What the picture is called' },
          },
          ['label'],
        ),
        response: { 200: schemas.uploads },
      },
    },
    async (request) => {
      const lesson = open(request.params.lesson)
      const { label, file = 'picture' } = request.query
      if (request.isMultipart()) return { images: await addMany(lesson, label, request) }
      if (!Buffer.isBuffer(request.body))
        throw new Problem('unsupported-media-type', 'Send a picture, or pictures as multipart/form-data.')
      return { images: [shown(await lesson.pictures.add(label, file, request.body))] }
    },
  )

  /** One after the other, so that one request holds one picture in memory. */
  async function addMany(lesson: Lesson, label: string, request: FastifyRequest) {
    const images: object[] = []
    for await (const part of request.files({ limits: { fileSize: bodyBytes, files: imagesPerRequest } })) {
      const file = part.filename || 'picture'
      try {
        images.push(shown(await lesson.pictures.add(label, file, await part.toBuffer())))
      } catch (error) {
        if (!(error instanceof Problem) || error.type !== 'unreadable-image') throw error
        images.push({ file, error: problemEntry(error) })
      }
    }
    if (images.length === 0) throw new Problem('bad-request', 'The request holds no picture.')
    return images
  }

  app.get<OfImage>(
    '/teach/lessons/:lesson/images/:image',
    {
      schema: {
        operationId: 'getLessonImage',
        tags,
        summary: 'A small version of a picture, as WebP',
        params: schemas.imageParams,
        produces: ['image/webp'],
      },
    },
    ({ params }, reply) => {
      const { pictures } = lessons.get(params.lesson)
      const { image } = pictures.get(params.image)
      return reply
        .type('image/webp')
        .header('cache-control', 'private, max-age=3600')
        .send(createReadStream(pictures.thumbnailOf(image)))
    },
  )

  app.patch<OfImage & { Body: { readonly label: string } }>(
    '/teach/lessons/:lesson/images/:image',
    {
      schema: {
        operationId: 'moveLessonImage',
        tags,
        summary: 'Puts a picture into another class',
        params: schemas.imageParams,
        body: schemas.body({ label: schemas.label }, ['label']),
        response: { 200: schemas.object({ image: schemas.imageId, label: schemas.label, file: { type: 'string' } }) },
      },
    },
    ({ params, body }) => shown(open(params.lesson).pictures.move(params.image, body.label)),
  )

  app.delete<OfImage>(
    '/teach/lessons/:lesson/images/:image',
    {
      schema: {
        operationId: 'removeLessonImage',
        tags,
        summary: 'Deletes a picture',
        params: schemas.imageParams,
        response: { 204: { type: 'null' } },
      },
    },
    async ({ params }, reply) => {
      await open(params.lesson).pictures.remove(params.image)
      return reply.status(204).send()
    },
  )

  app.delete<OfLesson & { Querystring: { readonly label: string } }>(
    '/teach/lessons/:lesson/classes',
    {
      schema: {
        operationId: 'removeLessonClass',
        tags,
        summary: 'Deletes all pictures of a class',
        params: schemas.lessonParams,
        querystring: schemas.body({ label: schemas.label }, ['label']),
        response: { 204: { type: 'null' } },
      },
    },
    async ({ params, query }, reply) => {
      await open(params.lesson).pictures.removeClass(query.label)
      return reply.status(204).send()
    },
  )
}

function shown({ image, label, file }: { readonly image: string; readonly label: string; readonly file: string }) {
  return { image, label, file }
}
