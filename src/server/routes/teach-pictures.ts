import { createReadStream } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { entryOf } from '../problem-documents.js'
import { sentPictures, type SentPicture } from '../requests/pictures.js'
import type { Lesson } from '../teaching/lesson.js'
import type { Teaching } from '../teaching/teaching.js'
import { isOfOnePicture } from '../unusable-picture.js'
import * as schemas from './teach-schemas.js'

interface OfLesson {
  readonly Params: { readonly lesson: string }
}

interface OfImage {
  readonly Params: { readonly lesson: string; readonly image: string }
}

/** The pictures of lessons. */
export function teachPictureRoutes(app: FastifyInstance, { services, lessons }: Teaching): void {
  const open = (id: string) => {
    const lesson = lessons.get(id)
    lesson.checkOpen()
    return lesson
  }

  app.post<OfLesson & { Querystring: { readonly label: string; readonly file?: string } }>(
    '/teach/lessons/:lesson/images',
    {
      schema: {
        operationId: 'addLessonImages',
        summary: 'Adds pictures of one class: one as the body, or many as multipart/form-data',
        body: schemas.pictures,
        params: schemas.lessonParams,
        querystring: schemas.body(
          {
            label: schemas.label,
            file: { type: 'string', maxLength: 1024, description: 'What the picture is called' },
          },
          ['label'],
        ),
        response: schemas.answers({ 200: schemas.uploads }, 'not-found', 'conflict', 'unreadable-image', 'no-space'),
      },
    },
    async (request) => {
      const lesson = open(request.params.lesson)
      const { label, file } = request.query
      const { pictures } = await sentPictures(request, services.options.limits)
      if (!request.isMultipart()) {
        const [{ bytes, file: given }] = pictures as [SentPicture]
        return { images: [shown(await lesson.add(label, file ?? given, bytes))] }
      }
      const images: object[] = []
      for (const { file, bytes } of pictures) images.push(await addOrExplain(lesson, label, file, bytes))
      return { images }
    },
  )

  app.get<OfImage>(
    '/teach/lessons/:lesson/images/:image',
    {
      schema: {
        operationId: 'getLessonImage',
        summary: 'A small version of a picture, as WebP',
        params: schemas.imageParams,
        response: schemas.answers({ 200: schemas.content('The small picture.', 'image/webp') }, 'not-found'),
      },
    },
    ({ params }, reply) => {
      const { pictures } = lessons.get(params.lesson)
      const { image } = pictures.get(params.image)
      return reply
        .type('image/webp')
        .header('cache-control', 'no-store')
        .send(createReadStream(pictures.thumbnailOf(image)))
    },
  )

  app.patch<OfImage & { Body: { readonly label: string } }>(
    '/teach/lessons/:lesson/images/:image',
    {
      schema: {
        operationId: 'moveLessonImage',
        summary: 'Puts a picture into another class',
        params: schemas.imageParams,
        body: schemas.body({ label: schemas.label }, ['label']),
        response: schemas.answers(
          { 200: schemas.object({ image: schemas.imageId, label: schemas.label, file: { type: 'string' } }) },
          'not-found',
          'conflict',
        ),
      },
    },
    ({ params, body }) => shown(open(params.lesson).pictures.move(params.image, body.label)),
  )

  app.delete<OfImage>(
    '/teach/lessons/:lesson/images/:image',
    {
      schema: {
        operationId: 'removeLessonImage',
        summary: 'Deletes a picture',
        params: schemas.imageParams,
        response: schemas.answers({ 204: schemas.nothing }, 'not-found', 'conflict'),
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
        summary: 'Deletes all pictures of a class',
        params: schemas.lessonParams,
        querystring: schemas.body({ label: schemas.label }, ['label']),
        response: schemas.answers({ 204: schemas.nothing }, 'not-found', 'conflict'),
      },
    },
    async ({ params, query }, reply) => {
      await open(params.lesson).pictures.removeClass(query.label)
      return reply.status(204).send()
    },
  )
}

async function addOrExplain(lesson: Lesson, label: string, file: string, bytes: Uint8Array): Promise<object> {
  try {
    return shown(await lesson.add(label, file, bytes))
  } catch (error) {
    if (isOfOnePicture(error)) return { file, error: entryOf(error) }
    throw error
  }
}

function shown({ image, label, file }: { readonly image: string; readonly label: string; readonly file: string }) {
  return { image, label, file }
}
