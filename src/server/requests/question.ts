import type { FastifyRequest } from 'fastify'
import type { Thresholds } from '../../classes/thresholds.js'
import type { ServeLimits } from '../options.js'
import { Problem } from '../problems.js'
import { modelName } from '../routes/schemas.js'
import { nameOfPicture, sentPictures, type SentPicture } from './pictures.js'

/** What is asked of pictures, in whatever form it came. */
export interface Question {
  readonly model?: string
  readonly top?: number
  readonly reject?: number
  readonly thresholds?: Thresholds
}

interface JsonQuestion extends Question {
  readonly images: readonly { readonly name?: string; readonly data: string }[]
}

const inWords = {
  model: modelName,
  top: { type: 'integer', minimum: 1, maximum: 1_000_000, description: 'Answers for an image. Default: 5.' },
  reject: {
    type: 'number',
    minimum: 0,
    exclusiveMaximum: 1,
    description: 'Marks images of no known class; the share of images of known ones that may be marked by mistake.',
  },
  thresholds: {
    type: 'string',
    enum: ['best-f1'],
    description: 'Marks answers below the threshold of their class as unsure.',
  },
} as const

/** A question as a query, or as fields of a form. */
export const questionSchema = { type: 'object', additionalProperties: false, properties: inWords } as const

/** A question with its pictures as JSON. */
export function jsonQuestionSchema({ imagesPerRequest }: Pick<ServeLimits, 'imagesPerRequest'>) {
  return {
    type: 'object',
    required: ['images'],
    additionalProperties: false,
    properties: {
      ...inWords,
      thresholds: {
        description: 'As in a query, or the thresholds of classes by their labels.',
        anyOf: [
          inWords.thresholds,
          { type: 'object', additionalProperties: { type: 'number', minimum: 0, maximum: 1 } },
        ],
      },
      images: {
        type: 'array',
        minItems: 1,
        maxItems: imagesPerRequest,
        items: {
          type: 'object',
          required: ['data'],
          additionalProperties: false,
          properties: {
            name: { type: 'string', description: 'What the answer calls it. Default: its place.' },
            data: { type: 'string', contentEncoding: 'base64', description: 'Content of an image file.' },
          },
        },
      },
    },
  } as const
}

/**
 * Reads a question and its pictures. What stands in the body counts before what stands in the query.
 *
 * @throws Problem `bad-request`, `too-large`, `unsupported-media-type`
 */
export async function readQuestion(
  request: FastifyRequest,
  limits: ServeLimits,
): Promise<{ readonly question: Question; readonly pictures: readonly SentPicture[] }> {
  const asked = request.query as Question
  const { body } = request
  if (!request.isMultipart() && typeof body === 'object' && body !== null && !(body instanceof Uint8Array)) {
    const { images, ...question } = body as JsonQuestion
    const pictures = images.map(({ name, data }, at) => ({ file: name ?? nameOfPicture(at), bytes: decoded(data) }))
    return { question: { ...asked, ...question }, pictures }
  }
  const { pictures, fields } = await sentPictures(request, limits)
  // Validation turns the fields' text into numbers, in place.
  if (!request.validateInput(fields, questionSchema, 'querystring')) {
    throw new Problem(
      'bad-request',
      `A field of the form is none of ${Object.keys(inWords).join(', ')}, or out of range.`,
    )
  }
  return { question: { ...asked, ...(fields as Question) }, pictures }
}

function decoded(base64: string): Uint8Array {
  if (base64 === '' || base64.length % 4 !== 0 || !/^[A-Za-z\d+/]+={0,2}$/.test(base64)) {
    throw new Problem('bad-request', 'The data of an image is not encoded as base64.')
  }
  return Buffer.from(base64, 'base64')
}
