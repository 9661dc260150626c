import type { FastifyInstance } from 'fastify'
import { answeringWith, scoredOf, type Answering } from '../../answers/answering.js'
import { NpluskError } from '../../core/errors.js'
import { prefetch } from '../../core/prefetch.js'
import type { Lease } from '../models/served-models.js'
import { entryOf, entrySchema, problemResponses } from '../problem-documents.js'
import { Problem } from '../problems.js'
import type { SentPicture } from '../requests/pictures.js'
import { jsonQuestionSchema, questionSchema, readQuestion, type Question } from '../requests/question.js'
import { placesOf } from '../requests/places.js'
import { timeLimit } from '../requests/time-limit.js'
import type { Services } from '../services.js'
import { isOfOnePicture } from '../unusable-picture.js'
import { revision } from './schemas.js'

const bytes = { schema: { type: 'string', format: 'binary' } } as const

const answerSchema = {
  description: 'The answers, in the order of the images.',
  type: 'object',
  required: ['model', 'revision', 'results'],
  additionalProperties: false,
  properties: {
    model: { type: 'string' },
    revision,
    results: {
      type: 'array',
      items: {
        anyOf: [
          {
            type: 'object',
            required: ['file', 'predictions'],
            additionalProperties: false,
            properties: {
              file: { type: 'string', description: 'Name of the image.' },
              predictions: { type: 'array', items: { $ref: 'Prediction#' }, description: 'The most probable first.' },
              rejected: {
                type: 'boolean',
                description: 'Whether the image shows none of the classes; only where a rate was asked for.',
              },
            },
          },
          {
            type: 'object',
            required: ['file', 'error'],
            additionalProperties: false,
            properties: { file: { type: 'string' }, error: entrySchema },
          },
        ],
      },
    },
  },
} as const

/** Says what pictures show. */
export function predictRoutes(app: FastifyInstance, { models, options: { limits }, metrics }: Services): void {
  const schema = {
    operationId: 'predict',
    tags: ['classifier'],
    summary: 'Says what pictures show',
    description:
      'Takes one picture as it is, a form with pictures in any of its fields, or JSON. Of several pictures, one that ' +
      'cannot be read has an error in place of its answer; where it is the only one, the request fails.',
    querystring: questionSchema,
    body: {
      content: {
        'image/*': bytes,
        'application/octet-stream': bytes,
        'multipart/form-data': {
          schema: {
            type: 'object',
            properties: { ...questionSchema.properties, images: { type: 'array', items: bytes.schema } },
          },
        },
        'application/json': { schema: jsonQuestionSchema(limits) },
      },
    },
    response: {
      200: answerSchema,
      ...problemResponses('bad-request', 'unknown-model', 'unreadable-image', 'overloaded', 'deadline-exceeded'),
    },
  }
  app.post('/predict', { schema }, async (request, reply) => {
    const { question, pictures } = await readQuestion(request, limits)
    metrics.stageSeconds.observe({ stage: 'read' }, reply.elapsedTime / 1000)
    using lease = models.lease(question.model)
    const answering = answeringFor(lease, question)
    using limit = timeLimit(reply, limits.deadlineMs)
    const results: Awaited<ReturnType<typeof answer>>[] = []
    const answers = prefetch(pictures, placesOf(lease, limits), (picture) =>
      answer(picture, lease, answering, limit.signal),
    )
    for await (const settled of answers) {
      if ('error' in settled) throw settled.error
      results.push(settled.value)
    }
    const [only] = results
    if (results.length === 1 && only !== undefined && 'problem' in only) throw only.problem
    return {
      model: lease.name,
      revision: lease.revision,
      results: results.map((one) => ('problem' in one ? { file: one.file, error: entryOf(one.problem) } : one)),
    }
  })
}

function answeringFor({ classifier }: Lease, question: Question): Answering {
  try {
    return answeringWith(classifier, question)
  } catch (error) {
    // These messages speak of rates and labels alone.
    if (error instanceof NpluskError) throw new Problem('bad-request', error.message, { cause: error })
    throw error
  }
}

async function answer({ file, bytes }: SentPicture, lease: Lease, answering: Answering, signal: AbortSignal) {
  try {
    return answering.answer(file, scoredOf(await lease.score(bytes, { signal }), answering))
  } catch (error) {
    if (isOfOnePicture(error)) return { file, problem: error }
    throw error
  }
}
