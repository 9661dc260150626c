import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import { Problem } from '../problems.js'
import { boundJson } from '../requests/bounded-json.js'

/** A request's body: the JSON object, and the tensors' bytes behind it. */
export interface Body {
  readonly json: unknown
  /** Empty where all tensors are in the JSON object. */
  readonly binary: Uint8Array
}

/** What Triton's clients compress with; their `deflate` is zlib's format, as RFC 9110 has it. */
const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate) }

/**
 * Undoes `Content-Encoding`.
 *
 * @param limit bytes that the result may have
 * @throws Problem `unsupported-media-type`, `too-large`, `bad-request`
 */
export async function decompress(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    throw new Problem('unsupported-media-type', 'Content-Encoding must be gzip, deflate or identity.')
  }
  try {
    return await decoders[encoding](body, { maxOutputLength: limit })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Problem('too-large', `The body is larger than ${limit} bytes once it is decompressed.`, {
        cause: error,
      })
    }
    throw new Problem('bad-request', `The body is not what Content-Encoding says: it is no ${encoding}.`, {
      cause: error,
    })
  }
}

/**
 * Separates the JSON object from the bytes behind it.
 *
 * @param headerLength `Inference-Header-Content-Length`: bytes of the JSON object; without it the body is JSON alone
 * @throws Problem `bad-request`, `too-large`
 */
export function splitBody(body: Uint8Array, headerLength: string | undefined): Body {
  const length = headerLength === undefined ? body.length : Number(headerLength)
  if (headerLength !== undefined && (!/^\d+$/.test(headerLength) || length > body.length)) {
    throw new Problem(
      'bad-request',
      `Inference-Header-Content-Length must be the length of the JSON object in bytes, at most the body's ${body.length}.`,
    )
  }
  return { json: parse(body.subarray(0, length)), binary: body.subarray(length) }
}

/**
 * Values that a request in JSON may have: 13 pictures of 224 × 224 pixels or 7 of 299 × 299, half as many where they
 * are nested pixel by pixel. Bytes behind the JSON have no such limit.
 */
const mostValues = 2 ** 21

function parse(bytes: Uint8Array): unknown {
  boundJson(bytes, mostValues)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new Problem(
      'bad-request',
      'The body must be a JSON object in UTF-8; where bytes of tensors follow it, Inference-Header-Content-Length says where they begin.',
      { cause: error },
    )
  }
}
