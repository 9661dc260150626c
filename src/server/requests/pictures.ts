import type { Readable } from 'node:stream'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { asProblem } from '../as-problem.js'
import type { ServeLimits } from '../options.js'
import { Problem } from '../problems.js'

/** A picture as it was sent: the content of an image file. */
export interface SentPicture {
  /** The client's own name for it, which is no path; `image-1` and so on where it has none. */
  readonly file: string
  readonly bytes: Uint8Array
}

/** What a form held, or a body of bytes, which has no fields. */
export interface SentPictures {
  readonly pictures: readonly SentPicture[]
  readonly fields: Readonly<Record<string, string>>
}

type Limits = Pick<ServeLimits, 'bodyBytes' | 'imagesPerRequest'>

const mostFields = 20
const fieldBytes = 1024

/** A name for the picture at place `at`. */
export function nameOfPicture(at: number): string {
  return `image-${at + 1}`
}

/**
 * Reads pictures out of a request whose body is the content of an image file, or a form with files in any field.
 *
 * @throws Problem `bad-request`, `too-large`, `unsupported-media-type`
 */
export async function sentPictures(request: FastifyRequest, limits: Limits): Promise<SentPictures> {
  const { body } = request
  if (request.isMultipart()) return form(request, limits)
  if (!(body instanceof Uint8Array)) {
    throw new Problem('unsupported-media-type', 'Send a picture as it is (image/*), or a form with files.')
  }
  if (body.length === 0) throw new Problem('bad-request', 'The body is empty; send the content of an image file.')
  return { pictures: [{ file: nameOfPicture(0), bytes: body }], fields: {} }
}

async function form(request: FastifyRequest, { bodyBytes, imagesPerRequest }: Limits): Promise<SentPictures> {
  // Without this, the plugin's own limit holds for each file, and not for the form.
  if (Number(request.headers['content-length'] ?? 0) > bodyBytes) throw tooLarge()
  const pictures: SentPicture[] = []
  const fields: Record<string, string> = {}
  let left = bodyBytes
  const parts = request.parts({
    limits: {
      fileSize: bodyBytes,
      files: imagesPerRequest,
      fields: mostFields,
      fieldSize: fieldBytes,
      fieldNameSize: 100,
      parts: imagesPerRequest + mostFields,
      headerPairs: 20,
    },
  })
  try {
    for await (const part of parts) {
      if (part.type === 'file') {
        const bytes = await within(left, part.file)
        left -= bytes.length
        pictures.push({ file: nameOf(part, pictures.length), bytes })
      } else if (part.valueTruncated || part.fieldnameTruncated) {
        throw new Problem('too-large', 'A field of the form is longer than this service takes.')
      } else if (fields[part.fieldname] !== undefined) {
        throw new Problem('bad-request', 'A field is there twice in the form.')
      } else {
        fields[part.fieldname] = String(part.value)
      }
    }
  } catch (error) {
    throw formProblem(error)
  }
  if (pictures.length === 0) throw new Problem('bad-request', 'The form has no file.')
  return { pictures, fields }
}

async function within(most: number, stream: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > most) throw tooLarge()
    chunks.push(chunk)
  }
  if ((stream as { readonly truncated?: boolean }).truncated) throw tooLarge()
  return Buffer.concat(chunks, length)
}

function nameOf({ filename }: MultipartFile, at: number): string {
  return filename === undefined || filename === '' ? nameOfPicture(at) : filename
}

function tooLarge(): Problem {
  return new Problem('too-large', 'The form is larger than this service takes.')
}

/** The parser of forms throws plain errors for a form that is none. */
function formProblem(error: unknown): Problem {
  const problem = asProblem(error)
  return problem.type === 'internal'
    ? new Problem('bad-request', 'The form cannot be read.', { cause: error })
    : problem
}
